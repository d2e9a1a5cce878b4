#include "net/child_spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace lifeline::net {

namespace {

constexpr int first_free_descriptor = 3;

std::unexpected<Error> cannot(const ChildCommand& command, int error) {
    return fail(Code::unavailable, "peer_unavailable",
                fmt::format("{}: {}", command.argv.empty() ? "" : command.argv.front(),
                            std::strerror(error)));
}

struct Pipe {
    FileDescriptor read;
    FileDescriptor write;

    // Out of the way of 0, 1 and 2, which a daemon may have closed: the child's are made of these.
    bool open() {
        std::array<int, 2> ends{-1, -1};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
        read = above_standard(FileDescriptor(ends[0]));
        write = above_standard(FileDescriptor(ends[1]));
        return read.is_open() && write.is_open();
    }

private:
    static FileDescriptor above_standard(FileDescriptor fd) {
        if (fd.get() >= first_free_descriptor) return fd;
        return FileDescriptor(::fcntl(fd.get(), F_DUPFD_CLOEXEC, first_free_descriptor));
    }
};

void do_not_block(const FileDescriptor& fd) {
    CHECK(::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK) == 0);
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
    out.push_back(nullptr);
    return out;
}

// What posix_spawn is told, destroyed with its owner.
class Plan {
public:
    Plan() {
        CHECK(posix_spawn_file_actions_init(&actions) == 0);
        CHECK(posix_spawnattr_init(&attributes) == 0);
    }
    ~Plan() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;

    // Nothing of ours is handed down: no descriptor, no ignored or blocked signal, no group.
    void begin_afresh(const std::string& directory) {
        sigset_t all;
        sigset_t none;
        sigfillset(&all);
        sigemptyset(&none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(
            &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
        if (!directory.empty())
            CHECK(posix_spawn_file_actions_addchdir_np(&actions, directory.c_str()) == 0);
        CHECK(posix_spawn_file_actions_addclosefrom_np(&actions, first_free_descriptor) == 0);
    }
    void become(const FileDescriptor& ours, int theirs) {
        CHECK(posix_spawn_file_actions_adddup2(&actions, ours.get(), theirs) == 0);
    }

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

}  // namespace

Result<Spawned> spawn(const ChildCommand& command) {
    if (command.argv.empty()) return cannot(command, EINVAL);
    Pipe input;
    Pipe output;
    Pipe errors;
    if (!input.open() || !output.open() || !errors.open()) return cannot(command, errno);
    for (const FileDescriptor* ours : {&input.write, &output.read, &errors.read})
        do_not_block(*ours);

    Plan plan;
    plan.become(input.read, STDIN_FILENO);
    plan.become(output.write, STDOUT_FILENO);
    plan.become(errors.write, STDERR_FILENO);
    plan.begin_afresh(command.directory);
    const auto argv = pointers_to(command.argv);
    const auto environment = pointers_to(command.environment);
    Spawned child;
    const int error = ::posix_spawnp(&child.pid, argv.front(), &plan.actions, &plan.attributes,
                                     argv.data(), environment.data());
    if (error != 0) return cannot(command, error);
    // Nobody but us collects it, so its number cannot become somebody else's.
    // By its number: glibc 2.36 declares pidfd_open for C only.
    child.exit = FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0)));
    CHECK(child.exit.is_open());
    child.input = std::move(input.write);
    child.output = std::move(output.read);
    child.errors = std::move(errors.read);
    return child;
}

}  // namespace lifeline::net
