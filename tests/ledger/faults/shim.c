/* System calls on files under one folder, made to fail: loaded before the C library by LD_PRELOAD.
 *
 * shim_arm says which calls, from which one on, with what error; so does the variable SHIM_ARM, its arguments in order,
 * for a process and all that it starts. Calls on other paths go through untouched. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN = 1, WRITE = 2, FSYNC = 4, LINK = 8, RENAME = 16, UNLINK = 32, MKDIR = 64, CLOSE = 128, FLOCK = 256,
       CREATE = 512 };
enum { FILES = 4096 };

static char under[PATH_MAX];
static int calls, never, number, code, why, on, after, counted, hits;
static long most = -1, room = -1;
static char ours[FILES];

/* The `first`-th of the calls in the set `kinds` fails with `error`, and with `for_good` all that follow. With
 * `though_done` the call is made and reported as failed all the same. `bytes`: the most that one write takes;
 * `left`: how many bytes the disk still has. -1: no bound. The calls in the set `unknown` are ones that the file system
 * does not have. */
void shim_arm(const char *folder, int kinds, int first, int error, int for_good, int though_done, long bytes, long left,
              int unknown)
{
    strncpy(under, folder, sizeof under - 1);
    calls = kinds; number = first; code = error; on = for_good; after = though_done; most = bytes; room = left;
    counted = hits = 0;
    never = unknown;
}
__attribute__((constructor)) static void arm_from_environment(void)
{
    const char *told = getenv("SHIM_ARM");
    char folder[PATH_MAX];
    int kinds, first, error, for_good, though_done, unknown;
    long bytes, left;
    if (told && sscanf(told, "%4095s %d %d %d %d %d %ld %ld %d", folder, &kinds, &first, &error, &for_good,
                       &though_done, &bytes, &left, &unknown) == 9)
        shim_arm(folder, kinds, first, error, for_good, though_done, bytes, left, unknown);
}
int shim_counted(void) { return counted; }
int shim_hits(void) { return hits; }

static int inside(const char *path)
{
    return under[0] && path && strncmp(path, under, strlen(under)) == 0;
}
static int is_ours(int file) { return file >= 0 && file < FILES && ours[file]; }
static int fails(int kind)
{
    why = never & kind ? EOPNOTSUPP : code;
    if (never & kind) return 1;
    if (!(calls & kind)) return 0;
    counted++;
    if (!(counted == number || (on && number && counted > number))) return 0;
    hits++;
    return 1;
}
static int failed(void) { errno = why; return -1; }

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define TWO_PATHS(name, kind, one, other, ...)            \
    REAL(name);                                           \
    if ((inside(one) || inside(other)) && fails(kind)) {  \
        if (after && why == code) real(__VA_ARGS__);      \
        return failed();                                  \
    }                                                     \
    return real(__VA_ARGS__)
#define ONE_PATH(name, kind, path, ...) TWO_PATHS(name, kind, path, path, __VA_ARGS__)

static int noted(int file, const char *path)
{
    if (file >= 0 && file < FILES) ours[file] = inside(path);
    return file;
}
#define OPENED(name, at, ...)                                                       \
    mode_t mode = 0;                                                                \
    if (flags & (O_CREAT | O_TMPFILE)) {                                            \
        va_list rest;                                                               \
        va_start(rest, flags);                                                      \
        mode = va_arg(rest, mode_t);                                                \
        va_end(rest);                                                               \
    }                                                                               \
    REAL(name);                                                                     \
    if (inside(path) && (fails(OPEN) || ((flags & O_CREAT) && fails(CREATE)))) return failed(); \
    return noted(real(__VA_ARGS__), path)

int open(const char *path, int flags, ...) { OPENED(open, 0, path, flags, mode); }
int open64(const char *path, int flags, ...) { OPENED(open64, 0, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { OPENED(openat, 0, folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { OPENED(openat64, 0, folder, path, flags, mode); }

ssize_t write(int file, const void *data, size_t size)
{
    REAL(write);
    if (!is_ours(file)) return real(file, data, size);
    if (fails(WRITE)) return failed();
    if (room == 0 && size) { hits++; errno = ENOSPC; return -1; }
    if (most >= 0 && size > (size_t)most) size = most;
    if (room >= 0 && size > (size_t)room) size = room;
    ssize_t taken = real(file, data, size);
    if (room >= 0 && taken > 0) room -= taken;
    return taken;
}
int fsync(int file)
{
    REAL(fsync);
    return is_ours(file) && fails(FSYNC) ? failed() : real(file);
}
int flock(int file, int operation)
{
    REAL(flock);
    return is_ours(file) && fails(FLOCK) ? failed() : real(file, operation);
}
int close(int file)
{
    REAL(close);
    int failing = is_ours(file) && fails(CLOSE);
    if (file >= 0 && file < FILES) ours[file] = 0;
    int done = real(file); /* the system closes the file even where it reports an error */
    return failing ? failed() : done;
}
int link(const char *from, const char *to) { ONE_PATH(link, LINK, to, from, to); }
int linkat(int one, const char *from, int other, const char *to, int flags)
{
    ONE_PATH(linkat, LINK, to, one, from, other, to, flags);
}
int rename(const char *from, const char *to) { TWO_PATHS(rename, RENAME, from, to, from, to); }
int renameat(int one, const char *from, int other, const char *to)
{
    TWO_PATHS(renameat, RENAME, from, to, one, from, other, to);
}
int unlink(const char *path) { ONE_PATH(unlink, UNLINK, path, path); }
int unlinkat(int folder, const char *path, int flags) { ONE_PATH(unlinkat, UNLINK, path, folder, path, flags); }
int mkdir(const char *path, mode_t mode) { ONE_PATH(mkdir, MKDIR, path, path, mode); }
int mkdirat(int folder, const char *path, mode_t mode) { ONE_PATH(mkdirat, MKDIR, path, folder, path, mode); }
