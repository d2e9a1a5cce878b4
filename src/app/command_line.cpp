#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <utility>

namespace lifeline::app {

Option& Option::required() {
    option_->required();
    return *this;
}

Option& Option::shown() {
    option_->capture_default_str();
    return *this;
}

Option& Option::between(std::int64_t least, std::int64_t most) {
    option_->check(CLI::Range(least, most));
    return *this;
}

Option& Option::one_of(const std::vector<std::string>& words) {
    option_->check(CLI::IsMember(words));
    return *this;
}

Option& Option::or_from(const char* variable) {
    option_->envname(variable);
    return *this;
}

Command Command::command(const char* name, const char* what) const {
    return {app_->add_subcommand(name, what), exit_code_};
}

Command Command::family(const char* name, const char* what) const {
    Command made = command(name, what);
    made.app_->require_subcommand(1);
    return made;
}

void Command::runs(std::function<int()> run) const {
    app_->callback([run = std::move(run), app = app_, exit_code = exit_code_] {
        if (app->get_subcommands().empty()) *exit_code = run();
    });
}

Option Command::option(const char* name, std::string& value, const char* what) const {
    return Option(app_->add_option(name, value, what));
}

Option Command::option(const char* name, std::vector<std::string>& value, const char* what) const {
    return Option(app_->add_option(name, value, what));
}

Option Command::option(const char* name, std::int64_t& value, const char* what) const {
    return Option(app_->add_option(name, value, what));
}

Option Command::option(const char* name, std::uint64_t& value, const char* what) const {
    return Option(app_->add_option(name, value, what));
}

void Command::flag(const char* name, bool& value, const char* what) const {
    app_->add_flag(name, value, what);
}

void Command::either(const char* one, const char* other) const {
    app_->get_option(one)->excludes(app_->get_option(other));
}

int run_command_line(int argc, char** argv, const char* version,
                     const std::function<void(Command)>& add) {
    CLI::App app("Lifeline: the realtime call backend for people who talk to an AI agent.",
                 "lifeline");
    app.require_subcommand(1);
    app.set_version_flag("--version", version);
    int exit_code = 0;
    add(Command(&app, &exit_code));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;  // 0: --help and --version.
    } catch (const std::exception& error) {
        std::fprintf(stderr, "lifeline: %s\n", error.what());
        return 70;
    }
    return exit_code;
}

}  // namespace lifeline::app
