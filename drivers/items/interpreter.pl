# The other end of ${perl...}: run by the machine's perl as a co-process, it calls subroutines and
# hands Exim's functions to them. It is given to perl as text; see drivers/items/interpreter.py.
#
# A frame is one letter, the length of the rest in four bytes, and texts that each have their length
# in four bytes before them. Code that is evaluated must see no variable of this file, so the
# subroutine that does it stands before all of them; and no module is loaded (not even strict),
# so that Perl is as bare as it is inside Exim.

package Eximulate;

sub evaluate { package main; eval shift }

our ($in, $out, @frame);

shift(@ARGV) =~ /\A([0-9]+)\z/ or exit 1;
open($in, '<&', \*STDIN) && open($out, '>&=', $1) or exit 1;
open(STDIN, '<', '/dev/null') or exit 1;
fcntl($out, 2, 1);    # F_SETFD, FD_CLOEXEC: commands that Perl runs do not get it
$0 = '/dev/null';

# No buffered reading: that would make perl add "<$in> line 1" to messages. No exit: blocks of the
# name END do not run when Exim ends.
sub piece {
    my ($size) = @_;
    my $text = '';
    while (length $text < $size) {
        sysread($in, $text, $size - length $text, length $text) or kill 'KILL', $$;
    }
    $text =~ /\A(.*)\z/s;    # what comes from Exim is not tainted
    return $1;
}

sub receive {
    my ($kind, $size) = unpack 'a N', piece(5);
    return @frame = ($kind, unpack '(N/a*)*', piece($size));
}

sub send {
    my ($kind, @texts) = @_;
    for (@texts) { utf8::encode($_) if utf8::is_utf8($_) }
    my $rest = pack '(N/a*)*', @texts;
    my $data = $kind . pack('N', length $rest) . $rest;
    my $done = 0;
    while ($done < length $data) {
        $done += syswrite($out, $data, length($data) - $done, $done) || kill 'KILL', $$;
    }
}

# What a subroutine gave, or died of.
sub answer {
    my ($failed, $value) = @_;
    return Eximulate::send('E', "$failed") if $failed;
    return Eximulate::send(defined $value ? ('V', "$value") : 'U');
}

# perl_startup: errors when it runs are dropped, only what cannot be compiled is told.
sub startup {
    my ($code) = @_;
    local $Eximulate::began = 0;
    local $@;
    Eximulate::evaluate('$Eximulate::began = 1; ' . $code);
    return Eximulate::send('V', '') if $Eximulate::began;
    my $wrong = "$@";
    $wrong = 'Compilation error' unless $wrong =~ s/^(BEGIN failed--compilation aborted)[^\n]*\n?\z/$1/m;
    return Eximulate::send('E', "$wrong\n");
}

# A message with the place of the caller, as functions that are built in have it.
sub complain {
    my ($text, $level) = @_;
    return $text if $text =~ /\n\z/;
    my (undef, $file, $line) = caller(($level || 0) + 1);
    my $handle = '';
    {
        local ($@, $SIG{__DIE__});
        eval { CORE::die() };
        $handle = $1 if "$@" =~ /(, <.*?> (?:line|chunk) \d+)\.\n\z/;
    }
    return $line ? "$text at $file line $line$handle.\n" : "$text$handle.\n";
}

package Exim;

sub expand_string {
    CORE::die(Eximulate::complain('Usage: Exim::expand_string(string)')) if @_ != 1;
    Eximulate::send('X', defined $_[0] ? "$_[0]" : '');
    while (Eximulate::receive() && $Eximulate::frame[0] eq 'C') {
        my (undef, $name, @given) = @Eximulate::frame;
        my $value = eval { package main;
#line 0 "/dev/null"
&{$name}(@given) };
        Eximulate::answer($@, $value);
    }
    my ($kind, $text) = @Eximulate::frame;
    CORE::die(Eximulate::complain("syntax error in Exim::expand_string argument: $text")) if $kind eq 'E';
    return $kind eq 'U' ? undef : $text;
}

sub debug_write {
    CORE::die(Eximulate::complain('Usage: Exim::debug_write(string)')) if @_ != 1;
    Eximulate::send('D', defined $_[0] ? "$_[0]" : '');
    return $_[0];
}

sub log_write {
    CORE::die(Eximulate::complain('Usage: Exim::log_write(string)')) if @_ != 1;
    Eximulate::send('L', defined $_[0] ? "$_[0]" : '');
    return $_[0];
}

package main;

# The first text that is evaluated: the number in "(eval 2)" is that of perl_startup.
Eximulate::evaluate('$SIG{__WARN__} = sub { my ($text) = @_; chomp $text; Exim::log_write($text) }');

while (Eximulate::receive()) {
    if ($Eximulate::frame[0] eq 'S') {
        Eximulate::startup($Eximulate::frame[1]);
        next;
    }
    my (undef, $name, @given) = @Eximulate::frame;
    # Not in a subroutine, so that the stack that Carp shows ends here.
    my $value = eval {
#line 0 "/dev/null"
&{$name}(@given) };
    Eximulate::answer($@, $value);
}
