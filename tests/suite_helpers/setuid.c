/* Runs eximulate under the rights of this file's owner, as a program that is installed setuid does, on the host
   that the environment describes but for its caller, who is really there. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **words)
{
    char *begin[] = {PYTHON, "-P", "-m", "expander"};
    char **all = calloc(4 + (size_t)count, sizeof *all);
    if (all == NULL || setenv("PYTHONPATH", PACKAGES, 1) != 0)
        return 127;
    unsetenv("EXIMULATE_CALLER");
    unsetenv("EXIMULATE_AS_USER");
    memcpy(all, begin, sizeof begin);
    memcpy(all + 4, words + 1, (size_t)count * sizeof *all);
    execv(PYTHON, all);
    return 127;
}
