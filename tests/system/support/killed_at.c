// Preloaded into a server, it counts the steps by which anything comes to stay, writes each down, and kills
// the process just before or just after a given one.
//
// A step is what the next process, or somebody else, sees of this one once it is gone:
//   sync     fsync and fdatasync, of whatever file: what the journal acknowledges rests on them
//   commit   the last frame of a transaction in a log of SQLite's. A process that dies loses none of its
//            writes, so a view's transaction, which nobody syncs, is there from this write on
//   rename   a file that takes another's place
//   send     a request to somebody else, as to a billing system: what it says was said
// Between two steps nothing is changed that outlives the process, but for bytes that no one looks for yet:
// frames before their commit, a file before its name. To die before a step and after it are two things, as
// other threads and other processes go on in between.
//
// STEP_LOG  a file to which each step is written before it is taken: its number, what it is, and of what
// STEP_AT   the number of the step to die at; none if it is absent
// STEP_WHEN before or after
// STEP_ONLY only steps in whose line this text stands are steps
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long taken;
static long at;
static int after;
static int record = -1;
static const char* only;

// Of this thread: the step whose commit frame has its head and not yet its page.
static _Thread_local long committing;
static _Thread_local int committed_to;

__attribute__((constructor)) static void start(void) {
    const char* path = getenv("STEP_LOG");
    if (!path) return;
    record = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const char* number = getenv("STEP_AT");
    const char* when = getenv("STEP_WHEN");
    only = getenv("STEP_ONLY");
    at = number ? atol(number) : 0;
    after = when && strcmp(when, "after") == 0;
}

static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

static const char* name_of(int fd, const char* otherwise, char* into, size_t size) {
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t length = readlink(link, into, size - 1);
    if (length <= 0) return otherwise;
    into[length] = 0;
    const char* slash = strrchr(into, '/');
    return slash ? slash + 1 : into;
}

static long begin(const char* what, const char* name) {
    if (record < 0) return 0;
    char step[128];
    snprintf(step, sizeof step, "%s %.100s", what, name);
    if (only && !strstr(step, only)) return 0;
    const long number = atomic_fetch_add(&taken, 1) + 1;
    // Another thread is about to die: nothing comes after its step.
    if (at > 0 && number > at)
        for (;;) pause();
    char line[160];
    const int length = snprintf(line, sizeof line, "%ld %s\n", number, step);
    syscall(SYS_write, record, line, (size_t)length);
    if (number == at && !after) die();
    return number;
}

static void end(long number) {
    if (number > 0 && number == at && after) die();
}

static int synced(int fd, long call) {
    char path[512];
    const long step = begin("sync", name_of(fd, "?", path, sizeof path));
    const int code = (int)syscall(call, fd);
    end(step);
    return code;
}

int fsync(int fd) {
    return synced(fd, SYS_fsync);
}

int fdatasync(int fd) {
    return synced(fd, SYS_fdatasync);
}

int rename(const char* from, const char* to) {
    const char* slash = strrchr(to, '/');
    const long step = begin("rename", slash ? slash + 1 : to);
    const int code = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    end(step);
    return code;
}

// A frame is written in two pieces: 24 bytes, of which the second four are not zero where it ends a
// transaction, and its page.
static int ends_transaction(int fd, const void* bytes, size_t size, char* path, size_t room) {
    uint32_t pages;
    if (size != 24) return 0;
    memcpy(&pages, (const char*)bytes + 4, sizeof pages);
    if (pages == 0) return 0;
    const char* name = name_of(fd, "", path, room);
    const size_t length = strlen(name);
    if (length < 4 || strcmp(name + length - 4, "-wal") != 0) return 0;
    memmove(path, name, length + 1);
    return 1;
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) {
    char path[512];
    if (record >= 0 && ends_transaction(fd, bytes, size, path, sizeof path)) {
        committing = begin("commit", path);
        committed_to = fd;
        return syscall(SYS_pwrite64, fd, bytes, size, offset);
    }
    const ssize_t written = syscall(SYS_pwrite64, fd, bytes, size, offset);
    if (committing > 0 && committed_to == fd) {
        end(committing);
        committing = 0;
    }
    return written;
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
    return pwrite64(fd, bytes, size, offset);
}

// A server's own answers begin otherwise.
ssize_t send(int fd, const void* bytes, size_t size, int flags) {
    const int request = size > 5 && (memcmp(bytes, "POST ", 5) == 0 || memcmp(bytes, "GET ", 4) == 0);
    const char* space = request ? memchr((const char*)bytes + 5, ' ', size - 5) : NULL;
    char path[100] = "?";
    if (space) snprintf(path, sizeof path, "%.*s", (int)(space - (const char*)bytes), (const char*)bytes);
    for (char* one = path; *one; ++one)
        if (*one == ' ') *one = '_';
    const long step = request ? begin("send", path) : 0;
    const ssize_t sent = syscall(SYS_sendto, fd, bytes, size, flags, NULL, 0);
    end(step);
    return sent;
}
