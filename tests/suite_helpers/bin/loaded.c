/* A function for ${dlfunc: gives its only argument, and fails in another way for each other number of them. */
enum { OK = 0, FAIL = 2, ERROR = 3, FAIL_FORCED = 4 };

int dltest(unsigned char **result, int count, unsigned char **arguments)
{
    switch (count) {
    case 1:
        *result = arguments[0];
        return OK;
    case 2:
        *result = (unsigned char *)"yield FAIL_FORCED";
        return FAIL_FORCED;
    case 3:
        *result = (unsigned char *)"yield FAIL";
        return FAIL;
    default:
        return ERROR;
    }
}
