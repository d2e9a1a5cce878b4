#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

// How a command says what it takes. The parser behind it is header-only and takes longer to compile
// than any command, so only command_line.cpp includes it.
namespace lifeline::app {

class Option {
public:
    Option& required();
    // Its value so far is said in --help.
    Option& shown();
    Option& between(std::int64_t least, std::int64_t most);
    Option& one_of(const std::vector<std::string>& words);
    // Where it is not given: from this environment variable, which no list of processes shows.
    Option& or_from(const char* variable);

private:
    friend class Command;
    explicit Option(CLI::Option* option) : option_(option) {}

    CLI::Option* option_;
};

// One word on the command line. A handle: copies mean the same command.
class Command {
public:
    Command command(const char* name, const char* what) const;
    // A command that only has commands of its own, one of which must be given.
    Command family(const char* name, const char* what) const;
    // What is run when this command is the last that was given; its result is the exit code.
    void runs(std::function<int()> run) const;

    // "--name" is an option, "NAME" stands where it stands. The value outlives the command line.
    Option option(const char* name, std::string& value, const char* what) const;
    Option option(const char* name, std::vector<std::string>& value, const char* what) const;
    Option option(const char* name, std::int64_t& value, const char* what) const;
    Option option(const char* name, std::uint64_t& value, const char* what) const;
    void flag(const char* name, bool& value, const char* what) const;
    // Of these two options only one may be given.
    void either(const char* one, const char* other) const;

private:
    friend int run_command_line(int, char**, const char*, const std::function<void(Command)>&);
    Command(CLI::App* app, int* exit_code) : app_(app), exit_code_(exit_code) {}

    CLI::App* app_;
    int* exit_code_;
};

// Reads the command line and runs what it names. `add` adds every command there is. Gives the exit
// code: the command's own, 2 where the command line is wrong, 70 where the command threw.
int run_command_line(int argc, char** argv, const char* version,
                     const std::function<void(Command)>& add);

}  // namespace lifeline::app
