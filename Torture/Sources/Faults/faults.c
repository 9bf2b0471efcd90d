#define _GNU_SOURCE
#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// MARK: Rules

enum call { OPEN, CREATE, READ, WRITE, SYNC, TRUNCATE, ALLOCATE, RENAME, UNLINK, MKDIR, LOCK, MAP, THREAD, CALLS };

static const char *const call_names[CALLS] = {"open",     "create", "read",   "write", "sync", "truncate", "allocate",
                                              "rename",   "unlink", "mkdir",  "lock",  "map",  "thread"};

enum effect { ERROR, SHORT, TORN, KILL_BEFORE, KILL_AFTER, STOP_BEFORE, STOP_AFTER };

static const struct {
    const char *name;
    enum effect effect;
    int error;
} effects[] = {
    {"short", SHORT, 0},
    {"torn", TORN, 0},
    {"kill-before", KILL_BEFORE, 0},
    {"kill-after", KILL_AFTER, 0},
    {"stop-before", STOP_BEFORE, 0},
    {"stop-after", STOP_AFTER, 0},
    {"ENOSPC", ERROR, ENOSPC},
    {"EIO", ERROR, EIO},
    {"EROFS", ERROR, EROFS},
    {"ENOLCK", ERROR, ENOLCK},
    {"EMFILE", ERROR, EMFILE},
    {"ENFILE", ERROR, ENFILE},
    {"EDQUOT", ERROR, EDQUOT},
    {"EACCES", ERROR, EACCES},
    {"ENOMEM", ERROR, ENOMEM},
    {"EAGAIN", ERROR, EAGAIN},
    {"ENOSYS", ERROR, ENOSYS},
    {"EINTR", ERROR, EINTR},
};

struct rule {
    unsigned calls;
    char pattern[512];
    long nth;
    int for_ever;
    unsigned per_mille;
    uint64_t seed;
    enum effect effect;
    int error;
    char name[600];
    atomic_long met;
};

#define MOST_RULES 8
static struct rule rules[MOST_RULES];
static int rule_count;
static unsigned watched;
static char log_path[PATH_MAX], trace_path[PATH_MAX];
static atomic_int is_ready;

/// A line at the end of a file, by system calls alone.
static void append(const char *path, const char *line) {
    int saved = errno;
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file >= 0) {
        syscall(SYS_write, file, line, strlen(line));
        syscall(SYS_close, file);
    }
    errno = saved;
}

static void read_rule(char *text) {
    if (rule_count == MOST_RULES) return;
    struct rule *rule = &rules[rule_count];
    snprintf(rule->name, sizeof rule->name, "%s", text);
    char *fields[4], *rest = text;
    for (int i = 0; i < 4; i++) {
        fields[i] = strsep(&rest, "|");
        if (!fields[i]) return;
    }
    char *calls = fields[0], *call;
    while ((call = strsep(&calls, ",")))
        for (int i = 0; i < CALLS; i++)
            if (!strcmp(call, call_names[i])) rule->calls |= 1u << i;
    snprintf(rule->pattern, sizeof rule->pattern, "%s", fields[1]);
    if (fields[2][0] == '%') {
        char *end;
        rule->per_mille = (unsigned)strtoul(fields[2] + 1, &end, 10);
        rule->seed = *end == ':' ? strtoull(end + 1, NULL, 10) : 0;
    } else {
        char *end;
        rule->nth = strtol(fields[2], &end, 10);
        rule->for_ever = *end == '+';
    }
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
        if (!strcmp(fields[3], effects[i].name)) {
            rule->effect = effects[i].effect;
            rule->error = effects[i].error;
            watched |= rule->calls;
            rule_count++;
            return;
        }
}

static void set_limit(char *text) {
    char *name = strsep(&text, ":");
    if (!text) return;
    rlim_t most = strtoull(text, NULL, 10);
    int resource = !strcmp(name, "nofile") ? RLIMIT_NOFILE
                   : !strcmp(name, "fsize") ? RLIMIT_FSIZE
                   : !strcmp(name, "nproc") ? RLIMIT_NPROC
                                            : RLIMIT_AS;
    setrlimit(resource, &(struct rlimit){most, most});
}

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("FAULT_LOG");
    if (text) snprintf(log_path, sizeof log_path, "%s", text);
    if ((text = getenv("FAULT_TRACE"))) {
        snprintf(trace_path, sizeof trace_path, "%s", text);
        watched = ~0u;
    }
    if ((text = getenv("FAULTS"))) {
        char *copy = strdup(text), *rest = copy, *rule;
        while ((rule = strsep(&rest, ";"))) read_rule(rule);
        free(copy);
    }
    if ((text = getenv("FAULT_LIMITS"))) {
        char *copy = strdup(text), *rest = copy, *limit;
        while ((limit = strsep(&rest, ","))) set_limit(limit);
        free(copy);
    }
    if ((text = getenv("FAULT_USER"))) {
        unsigned user = (unsigned)strtoul(text, NULL, 10);
        if (setresgid(user, user, user) || setresuid(user, user, user)) _exit(99);
        prctl(PR_SET_DUMPABLE, 1);  // Else /proc/self/fd is root's.
    }
    // What the program starts is its own affair.
    unsetenv("LD_PRELOAD");
    atomic_store(&is_ready, 1);
}

static uint64_t mixed(uint64_t z) {
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/// The rule that acts on this call now, or none.
static struct rule *rule_for(enum call call, const char *path, const char *second) {
    if (trace_path[0]) {
        char line[2 * PATH_MAX + 32];
        snprintf(line, sizeof line, "%s %s%s%s\n", call_names[call], path, second ? " " : "", second ? second : "");
        append(trace_path, line);
    }
    struct rule *found = NULL;
    for (int i = 0; i < rule_count; i++) {
        struct rule *rule = &rules[i];
        if (!(rule->calls & 1u << call)) continue;
        if (fnmatch(rule->pattern, path, 0) && !(second && !fnmatch(rule->pattern, second, 0))) continue;
        long number = atomic_fetch_add(&rule->met, 1) + 1;
        int acts = rule->per_mille ? mixed(rule->seed + (uint64_t)number) % 1000 < rule->per_mille
                   : rule->for_ever ? number >= rule->nth
                                    : number == rule->nth;
        if (acts && !found) found = rule;
    }
    if (found && log_path[0]) {
        char line[2 * PATH_MAX];
        snprintf(line, sizeof line, "%s: %s %s\n", found->name, call_names[call], path);
        append(log_path, line);
    }
    return found;
}

static int is_watched(enum call call) { return atomic_load(&is_ready) && watched & 1u << call; }

static struct rule *rule_for_file(enum call call, int file) {
    if (!is_watched(call)) return NULL;
    int saved = errno;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    if (file == STDOUT_FILENO) snprintf(path, sizeof path, "stdout:");
    struct rule *rule = rule_for(call, path, NULL);
    errno = saved;
    return rule;
}

static void full_path(char *full, size_t size, int folder, const char *path) {
    char link[64], name[PATH_MAX];
    if (path[0] == '/') {
        snprintf(full, size, "%s", path);
        return;
    }
    if (folder == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, name, sizeof name - 1);
    name[length < 0 ? 0 : length] = 0;
    snprintf(full, size, "%s/%s", name, path);
}

static struct rule *rule_for_path(enum call call, int folder, const char *path) {
    if (!is_watched(call) || !path) return NULL;
    int saved = errno;
    char full[2 * PATH_MAX];
    full_path(full, sizeof full, folder, path);
    struct rule *rule = rule_for(call, full, NULL);
    errno = saved;
    return rule;
}

static void send_self(int signal) { syscall(SYS_kill, getpid(), signal); }

/// What happens instead of the call, or before it. True where the call is refused.
static int before(struct rule *rule) {
    if (!rule) return 0;
    if (rule->effect == KILL_BEFORE) send_self(SIGKILL);
    if (rule->effect == STOP_BEFORE) send_self(SIGSTOP);
    if (rule->effect != ERROR) return 0;
    errno = rule->error;
    return 1;
}

static void after(struct rule *rule) {
    if (!rule) return;
    int saved = errno;
    if (rule->effect == KILL_AFTER || rule->effect == TORN) send_self(SIGKILL);
    if (rule->effect == STOP_AFTER) send_self(SIGSTOP);
    errno = saved;
}

static size_t length_under(struct rule *rule, size_t length) {
    return rule && (rule->effect == SHORT || rule->effect == TORN) && length > 1 ? length / 2 : length;
}

#define GUARDED(chosen, call)                    \
    do {                                         \
        struct rule *guard = (chosen);           \
        if (before(guard)) return -1;            \
        __typeof__(call) result = (call);        \
        after(guard);                            \
        return result;                           \
    } while (0)

// MARK: Reading and writing

ssize_t write(int file, const void *bytes, size_t length) {
    struct rule *rule = rule_for_file(WRITE, file);
    if (before(rule)) return -1;
    ssize_t written = syscall(SYS_write, file, bytes, length_under(rule, length));
    after(rule);
    return written;
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t offset) {
    struct rule *rule = rule_for_file(WRITE, file);
    if (before(rule)) return -1;
    ssize_t written = syscall(SYS_pwrite64, file, bytes, length_under(rule, length), offset);
    after(rule);
    return written;
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset) {
    return pwrite64(file, bytes, length, offset);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    struct rule *rule = rule_for_file(WRITE, file);
    if (before(rule)) return -1;
    int fewer = rule && (rule->effect == SHORT || rule->effect == TORN) && count > 1 ? count / 2 : count;
    ssize_t written = syscall(SYS_writev, file, parts, fewer);
    after(rule);
    return written;
}

ssize_t read(int file, void *bytes, size_t length) {
    struct rule *rule = rule_for_file(READ, file);
    GUARDED(rule, syscall(SYS_read, file, bytes, length_under(rule, length)));
}

ssize_t pread64(int file, void *bytes, size_t length, off64_t offset) {
    struct rule *rule = rule_for_file(READ, file);
    GUARDED(rule, syscall(SYS_pread64, file, bytes, length_under(rule, length), offset));
}

ssize_t pread(int file, void *bytes, size_t length, off_t offset) { return pread64(file, bytes, length, offset); }

int fsync(int file) { GUARDED(rule_for_file(SYNC, file), (int)syscall(SYS_fsync, file)); }

int fdatasync(int file) { GUARDED(rule_for_file(SYNC, file), (int)syscall(SYS_fdatasync, file)); }

int ftruncate64(int file, off64_t length) {
    GUARDED(rule_for_file(TRUNCATE, file), (int)syscall(SYS_ftruncate, file, length));
}

int ftruncate(int file, off_t length) { return ftruncate64(file, length); }

int fallocate64(int file, int mode, off64_t offset, off64_t length) {
    GUARDED(rule_for_file(ALLOCATE, file), (int)syscall(SYS_fallocate, file, mode, offset, length));
}

int fallocate(int file, int mode, off_t offset, off_t length) { return fallocate64(file, mode, offset, length); }

int posix_fallocate64(int file, off64_t offset, off64_t length) {
    return fallocate64(file, 0, offset, length) ? errno : 0;
}

int posix_fallocate(int file, off_t offset, off_t length) { return posix_fallocate64(file, offset, length); }

void *mmap64(void *address, size_t length, int protection, int flags, int file, off64_t offset) {
    struct rule *rule = file >= 0 ? rule_for_file(MAP, file) : NULL;
    if (before(rule)) return MAP_FAILED;
    void *start = (void *)syscall(SYS_mmap, address, length, protection, flags, file, offset);
    after(rule);
    return start;
}

void *mmap(void *address, size_t length, int protection, int flags, int file, off_t offset) {
    return mmap64(address, length, protection, flags, file, offset);
}

// MARK: Names

static int open_at(int folder, const char *path, int flags, mode_t mode) {
    enum call call = flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC) ? CREATE : OPEN;
    GUARDED(rule_for_path(call, folder, path), (int)syscall(SYS_openat, folder, path, flags, mode));
}

#define WITH_MODE(flags)                                  \
    mode_t mode = 0;                                      \
    if ((flags) & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) { \
        va_list rest;                                     \
        va_start(rest, flags);                            \
        mode = va_arg(rest, mode_t);                      \
        va_end(rest);                                     \
    }

int open(const char *path, int flags, ...) {
    WITH_MODE(flags)
    return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    WITH_MODE(flags)
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    WITH_MODE(flags)
    return open_at(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
    WITH_MODE(flags)
    return open_at(folder, path, flags, mode);
}

int creat(const char *path, mode_t mode) { return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

FILE *fopen(const char *path, const char *mode) {
    static FILE *(*next)(const char *, const char *);
    if (!next) next = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen");
    struct rule *rule = rule_for_path(strpbrk(mode, "wa+") ? CREATE : OPEN, AT_FDCWD, path);
    if (before(rule)) return NULL;
    FILE *file = next(path, mode);
    after(rule);
    return file;
}

int renameat2(int folder, const char *path, int new_folder, const char *new_path, unsigned flags) {
    struct rule *rule = NULL;
    if (is_watched(RENAME)) {
        char from[2 * PATH_MAX], to[2 * PATH_MAX];
        full_path(from, sizeof from, folder, path);
        full_path(to, sizeof to, new_folder, new_path);
        rule = rule_for(RENAME, from, to);
    }
    GUARDED(rule, (int)syscall(SYS_renameat2, folder, path, new_folder, new_path, flags));
}

int renameat(int folder, const char *path, int new_folder, const char *new_path) {
    return renameat2(folder, path, new_folder, new_path, 0);
}

int rename(const char *path, const char *new_path) { return renameat2(AT_FDCWD, path, AT_FDCWD, new_path, 0); }

int unlinkat(int folder, const char *path, int flags) {
    GUARDED(rule_for_path(UNLINK, folder, path), (int)syscall(SYS_unlinkat, folder, path, flags));
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }

int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int mkdirat(int folder, const char *path, mode_t mode) {
    GUARDED(rule_for_path(MKDIR, folder, path), (int)syscall(SYS_mkdirat, folder, path, mode));
}

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

// MARK: Locks and threads

int flock(int file, int operation) {
    struct rule *rule = operation & LOCK_UN ? NULL : rule_for_file(LOCK, file);
    GUARDED(rule, (int)syscall(SYS_flock, file, operation));
}

int fcntl64(int file, int command, ...) {
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    int locks = command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK || command == F_OFD_SETLKW;
    struct rule *rule = locks && ((struct flock *)argument)->l_type != F_UNLCK ? rule_for_file(LOCK, file) : NULL;
    GUARDED(rule, (int)syscall(SYS_fcntl, file, command, argument));
}

int fcntl(int file, int command, ...) {
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return fcntl64(file, command, argument);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
    static int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (!next) next = (__typeof__(next))dlsym(RTLD_NEXT, "pthread_create");
    struct rule *rule = is_watched(THREAD) ? rule_for(THREAD, "", NULL) : NULL;
    if (before(rule)) return errno;
    int result = next(thread, attributes, body, argument);
    after(rule);
    return result;
}
