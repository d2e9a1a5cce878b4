// Preloaded into a server, it shows it a clock of some time ago: what happens then is days old
// afterwards.
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec* time) {
    const int code = (int)syscall(SYS_clock_gettime, clock, time);
    const char* behind_s = getenv("CLOCK_BEHIND_S");
    if (code == 0 && clock == CLOCK_REALTIME && behind_s) time->tv_sec -= atoll(behind_s);
    return code;
}
