#include "net/child_process.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/asio_loop.h"
#include "base/check.h"
#include "net/child_spawn.h"
#include "net/line_reader.h"
#include "net/pipe_socket.h"

namespace lifeline::net {

namespace {

// At most so much is read before others of the loop get their turn.
constexpr std::size_t bytes_per_turn = 64 * 1024;
// What may still be in the pipe of a process that is over, and more than that.
constexpr std::size_t bytes_after_exit = 1 << 20;

}  // namespace

std::string ChildExit::text() const {
    std::string out = signal != 0 ? fmt::format("killed by signal {}", signal)
                                  : fmt::format("exited with {}", status.value_or(-1));
    return cause.empty() ? out : out + " (" + cause + ")";
}

struct ChildProcess::State final : Poller::Watch, std::enable_shared_from_this<State> {
    // One of the three, with what to do when it is ready.
    struct Stream final : SocketHandler {
        State& child;
        void (State::*ready)();
        PipeSocket socket;

        Stream(State& of, FileDescriptor fd, void (State::*what)())
            : child(of), ready(what), socket(of.loop, std::move(fd)) {
            socket.attach(this);
        }
        void on_readable() override { tell(); }
        void on_writable() override { tell(); }
        void tell() {
            const auto self = child.shared_from_this();
            (child.*ready)();
        }
    };

    State(AsioLoop& on, Spawned spawned, ChildHandler& tell, ChildLimits with)
        : loop(on),
          handler(&tell),
          limits(with),
          pid(spawned.pid),
          exit_fd(std::move(spawned.exit)),
          exit_watch(Poller::of(loop).add(exit_fd.get(), this)),
          input(*this, std::move(spawned.input), &State::flush),
          output(*this, std::move(spawned.output), &State::read_output),
          errors(*this, std::move(spawned.errors), &State::read_errors),
          lines(limits.line_bytes_max, LineReader::Long::refuse),
          error_lines(limits.error_line_bytes_max, LineReader::Long::cut) {
        output.socket.want_readable();
        errors.socket.want_readable();
        minute = loop.clock().steady();
    }
    ~State() { CHECK(pid == 0); }

    void ready(std::uint32_t events) override;
    void flush();
    void read_output();
    void read_errors();
    std::size_t read(Stream& from, LineReader& into, const LineReader::Tell& tell, bool& ended);
    bool tell_line(std::string_view line);
    bool tell_error_line(std::string_view line);
    void tell_untold();
    void end(std::string why);
    void send_signal(int signal);
    void after(Millis time, int signal);
    bool is_over() const;
    ChildExit collect();
    void let_go();

    AsioLoop& loop;
    ChildHandler* handler;  // Null when nobody is to be told any more.
    ChildLimits limits;
    pid_t pid;  // 0 once it was collected.
    FileDescriptor exit_fd;
    Poller::Id exit_watch;
    Stream input;
    Stream output;
    Stream errors;
    LineReader lines;
    LineReader error_lines;
    std::string unsent;
    std::string ending;  // Why we end it; empty: we do not.
    std::string cause;   // The same, once a signal was sent.
    Loop::TimerId timer = 0;
    SteadyTime minute;
    std::size_t told_errors = 0;  // In that minute.
    std::size_t untold_errors = 0;
};

// It is over. Its group is ended before it is collected, while its number is still its own.
void ChildProcess::State::ready(std::uint32_t) {
    const auto self = shared_from_this();
    if (pid == 0 || !is_over()) return;
    ::kill(-pid, SIGKILL);
    ChildExit exit = collect();
    exit.cause = cause;

    output.socket.look_again();
    errors.socket.look_again();
    bool ended = false;
    const auto tell = [this](std::string_view line) { return tell_line(line); };
    const auto tell_error = [this](std::string_view line) { return tell_error_line(line); };
    for (std::size_t bytes = 0; handler != nullptr && !ended && bytes < bytes_after_exit;) {
        const std::size_t got = read(output, lines, tell, ended);
        if (got == 0) break;
        bytes += got;
    }
    if (handler != nullptr) lines.finish(tell);
    if (handler != nullptr) read(errors, error_lines, tell_error, ended);
    if (handler != nullptr) error_lines.finish(tell_error);
    if (handler != nullptr) tell_untold();
    let_go();
    if (auto* last = std::exchange(handler, nullptr)) last->on_exit(exit);
}

// A turn's worth. What it came to is told line by line.
std::size_t ChildProcess::State::read(Stream& from, LineReader& into, const LineReader::Tell& tell,
                                      bool& ended) {
    std::array<char, 16 * 1024> buffer;
    std::size_t total = 0;
    while (handler != nullptr && total < bytes_per_turn) {
        const Io io = from.socket.receive(buffer);
        ended = io.status == Io::Status::closed;
        if (io.status != Io::Status::ok) break;
        total += io.bytes;
        if (into.feed({buffer.data(), io.bytes}, tell)) continue;
        ended = true;
        end(fmt::format("a line of more than {} bytes", limits.line_bytes_max));
        send_signal(SIGKILL);
        break;
    }
    return total;
}

void ChildProcess::State::read_output() {
    bool ended = false;
    read(output, lines, [this](std::string_view line) { return tell_line(line); }, ended);
    if (handler == nullptr || pid == 0) return;
    if (!ended) return output.socket.want_readable();
    end("it closed its output");
}

void ChildProcess::State::read_errors() {
    bool ended = false;
    read(
        errors, error_lines, [this](std::string_view line) { return tell_error_line(line); },
        ended);
    if (handler != nullptr && pid != 0 && !ended) errors.socket.want_readable();
}

bool ChildProcess::State::tell_line(std::string_view line) {
    if (handler != nullptr) handler->on_line(line);
    return handler != nullptr;
}

bool ChildProcess::State::tell_error_line(std::string_view line) {
    if (loop.clock().steady() - minute >= std::chrono::minutes(1)) tell_untold();
    if (handler == nullptr) return false;
    if (told_errors >= limits.error_lines_per_minute) {
        ++untold_errors;
        return true;
    }
    ++told_errors;
    handler->on_error_line(line);
    return handler != nullptr;
}

void ChildProcess::State::tell_untold() {
    minute = loop.clock().steady();
    told_errors = 0;
    const std::size_t untold = std::exchange(untold_errors, 0);
    if (untold > 0) handler->on_error_line(fmt::format("({} more lines)", untold));
}

void ChildProcess::State::flush() {
    std::size_t sent = 0;
    while (sent < unsent.size()) {
        const Io io = input.socket.send(std::string_view(unsent).substr(sent));
        if (io.status == Io::Status::closed) {
            unsent.clear();  // It reads no more; its exit, or its patience, will tell.
            input.socket.close();
            return;
        }
        if (io.status == Io::Status::again) {
            input.socket.want_writable();
            break;
        }
        sent += io.bytes;
    }
    unsent.erase(0, sent);
    if (unsent.empty() && !ending.empty()) input.socket.close();
}

// Begins its end. What was sent to it is still written, for as long as its grace lasts.
void ChildProcess::State::end(std::string why) {
    if (!ending.empty() || pid == 0) return;
    ending = std::move(why);
    flush();
    after(limits.end_grace, SIGTERM);
}

void ChildProcess::State::after(Millis time, int signal) {
    timer = loop.start_timer(time, [weak = weak_from_this(), signal] {
        const auto self = weak.lock();
        if (!self || self->pid == 0) return;
        self->timer = 0;
        self->send_signal(signal);
        if (signal == SIGTERM) self->after(self->limits.term_grace, SIGKILL);
    });
}

void ChildProcess::State::send_signal(int signal) {
    if (pid == 0) return;
    cause = ending;
    ::kill(-pid, signal);
}

// Its end can be seen, and it is still there to be collected.
bool ChildProcess::State::is_over() const {
    siginfo_t seen{};
    const int failed = ::waitid(P_PID, static_cast<id_t>(pid), &seen, WEXITED | WNOHANG | WNOWAIT);
    return failed != 0 || seen.si_pid == pid;
}

ChildExit ChildProcess::State::collect() {
    ChildExit exit;
    int status = 0;
    pid_t got = 0;
    do {
        got = ::waitpid(pid, &status, 0);
    } while (got < 0 && errno == EINTR);
    pid = 0;
    if (got < 0) return exit;  // Somebody else has collected it.
    if (WIFEXITED(status)) exit.status = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) exit.signal = WTERMSIG(status);
    return exit;
}

void ChildProcess::State::let_go() {
    if (timer != 0) loop.cancel_timer(std::exchange(timer, 0));
    if (exit_fd.is_open()) {
        Poller::of(loop).remove(exit_fd.get(), exit_watch);
        exit_fd.close();
    }
    input.socket.close();
    output.socket.close();
    errors.socket.close();
}

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(AsioLoop& loop,
                                                          const ChildCommand& command,
                                                          ChildHandler& handler,
                                                          ChildLimits limits) {
    std::signal(SIGPIPE, SIG_IGN);  // Writing to a child that is gone would raise it.
    auto spawned = spawn(command);
    if (!spawned) return fail(spawned.error());
    return std::make_unique<ChildProcess>(
        std::make_shared<State>(loop, std::move(*spawned), handler, limits));
}

ChildProcess::ChildProcess(std::shared_ptr<State> state) : state_(std::move(state)) {}

ChildProcess::~ChildProcess() {
    state_->handler = nullptr;
    state_->send_signal(SIGKILL);
    if (state_->pid != 0) state_->collect();
    state_->let_go();
}

Status ChildProcess::send_line(std::string_view line) {
    State& state = *state_;
    if (state.input.socket.fd() < 0 || !state.ending.empty())
        return fail(Code::unavailable, "peer_unavailable", "its input is closed");
    if (state.unsent.size() + line.size() + 1 > state.limits.output_bytes_max)
        return fail(Code::overloaded, "overloaded", "it does not read what it is sent");
    state.unsent.append(line).push_back('\n');
    state.flush();
    return {};
}

void ChildProcess::stop() {
    state_->end("stopped");
}

pid_t ChildProcess::pid() const {
    return state_->pid;
}

}  // namespace lifeline::net
