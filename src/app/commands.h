#pragma once

#include "app/listing.h"
#include "base/result.h"

namespace CLI {
class App;
}

// The commands of the binary. Each adds its subcommands and, when one is chosen, runs it and sets
// the exit code: 0 done, 1 refused or something is wrong, 2 wrong use.
namespace lifeline::app {

void add_serve(CLI::App& app, int& exit_code);         // serve
void add_check_config(CLI::App& app, int& exit_code);  // check-config
void add_init(CLI::App& app, int& exit_code);          // init
void add_doctor(CLI::App& app, int& exit_code);        // doctor
void add_trigger(CLI::App& app, int& exit_code);       // trigger
void add_tokens(CLI::App& app, int& exit_code);        // token
void add_accounts(CLI::App& app, int& exit_code);      // account
void add_users(CLI::App& app, int& exit_code);         // user
void add_keys(CLI::App& app, int& exit_code);          // key
void add_tools(CLI::App& app, int& exit_code);         // tools
void add_agents(CLI::App& app, int& exit_code);        // agent
void add_policy(CLI::App& app, int& exit_code);        // policy
void add_journal(CLI::App& app, int& exit_code);  // verify, backup, restore, journal, replay, tail

// Says what is wrong and what to do on standard error; gives the exit code.
int report(const Error& error);
// Says what was done on standard output: a sentence for people, an object for programs.
int done(bool json, const std::string& sentence, const Listing& about);

// Whom the journal names as the one who did it.
inline constexpr std::string_view operator_name = "cli";

}  // namespace lifeline::app
