#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace lifeline {
class AsioLoop;
}

namespace lifeline::net {

struct ChildCommand {
    std::vector<std::string> argv;              // The first is found by our own PATH.
    std::vector<std::string> environment = {};  // "NAME=value"; these and no others.
    std::string directory = {};                 // Empty: ours.
};

struct ChildLimits {
    std::size_t line_bytes_max = 1 << 20;     // A longer line ends the child.
    std::size_t output_bytes_max = 4 << 20;   // What it has not read yet of what we sent.
    std::size_t error_line_bytes_max = 1024;  // Of standard error; the rest of the line is dropped.
    std::size_t error_lines_per_minute = 60;  // As many are told; then how many were not.
    Millis end_grace = std::chrono::seconds(2);   // From end of input to SIGTERM.
    Millis term_grace = std::chrono::seconds(3);  // From SIGTERM to SIGKILL.
};

struct ChildExit {
    std::optional<int> status = {};  // What it exited with,
    int signal = 0;                  // or what killed it.
    std::string cause = {};          // Why we ended it ourselves; empty: we did not.

    std::string text() const;  // "exited with 1", "killed by signal 9 (a line of more than ...)"
};

class ChildHandler {
public:
    // A line of its standard output, without the end of line. Any of these may destroy the child.
    virtual void on_line(std::string_view line) = 0;
    virtual void on_error_line(std::string_view line) = 0;
    // It is gone and collected; every line it wrote was told. Once, and nothing follows.
    virtual void on_exit(const ChildExit& exit) = 0;

protected:
    ~ChildHandler() = default;
};

// Another program, talked to in lines over its standard input and output. It runs in a process
// group of its own, inherits no descriptor but its three, no blocked or ignored signal, and no
// variable that was not named. What it says is bounded: it cannot make us keep more than a line,
// nor keep the loop from others by talking without end.
//
// Lives on one loop. Destroying it kills the whole group at once and waits for the process itself,
// which takes milliseconds; stop() is the polite way.
class ChildProcess {
public:
    // Errors: peer_unavailable when there is no such program or it may not run. Makes our process
    // ignore SIGPIPE.
    static Result<std::unique_ptr<ChildProcess>> start(AsioLoop& loop, const ChildCommand& command,
                                                       ChildHandler& handler,
                                                       ChildLimits limits = {});
    struct State;
    explicit ChildProcess(std::shared_ptr<State> state);
    ~ChildProcess();

    // Without the end of line. Errors: overloaded when it does not read, peer_unavailable when its
    // input is closed.
    Status send_line(std::string_view line);
    // End of input, then SIGTERM, then SIGKILL to the group, each when the one before did not help.
    // on_exit tells.
    void stop();

    pid_t pid() const;

private:
    std::shared_ptr<State> state_;
};

}  // namespace lifeline::net
