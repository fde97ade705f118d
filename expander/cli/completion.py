"""``eximulate completion``: what a shell reads to complete the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli.arguments import CLEAN, VerbParser
from expander.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.cli.parsers import Argument, Verb

SHELLS = ("bash", "fish", "zsh")


def run(argv: list[str]) -> int:
    """Print the script for a shell."""
    parser = VerbParser("completion", "Print what a shell reads to complete eximulate's command line.")
    parser.add_argument("shell", choices=SHELLS, help="the shell")
    args = parser.parse_args(argv)
    from expander.cli.parsers import verbs

    made = {"bash": _bash, "fish": _fish, "zsh": _zsh}[args.shell]
    say(*made(verbs()))
    return CLEAN


def _bash(found: list[Verb]) -> Iterator[str]:
    yield '# eval "$(eximulate completion bash)"'
    yield "_eximulate() {"
    yield "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}"
    yield "    COMPREPLY=()"
    yield '    if [ "$COMP_CWORD" -eq 1 ]; then'
    yield f'        COMPREPLY=($(compgen -W "{" ".join(verb.name for verb in found)} help" -- "$word"))'
    yield "        return"
    yield "    fi"
    yield '    case "$verb $before" in'
    for verb in found:
        for argument in verb.arguments:
            for name in argument.names:
                if argument.choices:
                    words = " ".join(argument.choices)
                    yield f'    "{verb.name} {name}") {_reply(words)}; return ;;'
    yield "    esac"
    yield '    case "$verb $word" in'
    for verb in found:
        names = " ".join(name for argument in verb.arguments for name in argument.names)
        yield f'    "{verb.name} -"*) COMPREPLY=($(compgen -W "{names}" -- "$word")); return ;;'
    yield "    esac"
    for verb in found:
        for argument in verb.arguments:
            if not argument.names and argument.choices:
                words = " ".join(argument.choices)
                yield f'    if [ "$verb" = {verb.name} ]; then {_reply(words)}; fi'
    yield '    if [ ${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$word")); fi'
    yield "}"
    yield "complete -o filenames -F _eximulate eximulate"


def _reply(words: str) -> str:
    return f'COMPREPLY=($(compgen -W "{words}" -- "$word"))'


def _fish(found: list[Verb]) -> Iterator[str]:
    yield "# eximulate completion fish | source"
    names = " ".join(verb.name for verb in found)
    for verb in found:
        first = f"complete -c eximulate -n 'not __fish_seen_subcommand_from {names}' -f"
        yield f"{first} -a {verb.name} -d {_quoted(verb.purpose)}"
    for verb in found:
        for argument in verb.arguments:
            yield from _fish_argument(verb, argument)


def _fish_argument(verb: Verb, argument: Argument) -> Iterator[str]:
    line = f"complete -c eximulate -n '__fish_seen_subcommand_from {verb.name}'"
    words = f" -x -a {_quoted(' '.join(argument.choices))}" if argument.choices else ""
    if not argument.names:
        if argument.choices:
            yield f"{line}{words}"
        return
    for name in argument.names:
        line += f" -l {name[2:]}" if name.startswith("--") else f" -s {name[1:]}"
    if not argument.choices and argument.value:
        words = " -r"
    yield f"{line}{words} -d {_quoted(argument.help)}"


def _zsh(found: list[Verb]) -> Iterator[str]:
    yield "#compdef eximulate"
    yield "_eximulate() {"
    yield "    local -a verbs"
    yield "    verbs=("
    for verb in found:
        yield f"        {_quoted(f'{verb.name}:{verb.purpose}')}"
    yield "    )"
    yield "    if (( CURRENT == 2 )); then _describe verb verbs; return; fi"
    yield "    local verb=$words[2]"
    yield "    shift words; (( CURRENT-- ))"
    yield "    case $verb in"
    for verb in found:
        yield f"    {verb.name}) _arguments \\"
        for argument in verb.arguments:
            yield from (f"        {_quoted(text)} \\" for text in _zsh_argument(argument))
        yield "        ;;"
    yield "    esac"
    yield "}"
    yield "compdef _eximulate eximulate"


def _zsh_argument(argument: Argument) -> Iterator[str]:
    from expander.cli.parsers import named

    kinds = {"file": "_files", "folder": "_files -/", "": " "}
    action = f"({' '.join(argument.choices)})" if argument.choices else kinds[named(argument.value)]
    label = argument.value.replace(":", " ") or "value"
    told = argument.help.replace("[", "(").replace("]", ")").replace(":", " -")
    if not argument.names:
        yield f"*:{label}:{action if action.strip() else '_files'}"
        return
    for name in argument.names:
        yield f"{name}[{told}]" + (f":{label}:{action}" if argument.value else "")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
