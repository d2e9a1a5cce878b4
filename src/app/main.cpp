#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "app/commands.h"

// `lifeline COMMAND`: one line a command in commands.h, one file a family of commands.
int main(int argc, char** argv) {
    signal(SIGPIPE, SIG_IGN);
    CLI::App app("Lifeline: the realtime call backend for people who talk to an AI agent.",
                 "lifeline");
    app.require_subcommand(1);
    app.set_version_flag("--version", LIFELINE_VERSION);
    int exit_code = 0;
    lifeline::app::add_serve(app, exit_code);
    lifeline::app::add_check_config(app, exit_code);
    lifeline::app::add_init(app, exit_code);
    lifeline::app::add_doctor(app, exit_code);
    lifeline::app::add_trigger(app, exit_code);
    lifeline::app::add_tokens(app, exit_code);
    lifeline::app::add_accounts(app, exit_code);
    lifeline::app::add_users(app, exit_code);
    lifeline::app::add_keys(app, exit_code);
    lifeline::app::add_tools(app, exit_code);
    lifeline::app::add_agents(app, exit_code);
    lifeline::app::add_policy(app, exit_code);
    lifeline::app::add_journal(app, exit_code);
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
