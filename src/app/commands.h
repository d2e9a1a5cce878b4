#pragma once

#include "base/result.h"

namespace CLI {
class App;
}

// The commands of the binary. Each adds its subcommands and, when one is chosen, runs it and sets
// the exit code: 0 done, 1 refused or something is wrong, 2 wrong use (CLI11's).
namespace lifeline::app {

void add_serve(CLI::App& app, int& exit_code);    // serve, check-config
void add_tokens(CLI::App& app, int& exit_code);   // token
void add_keys(CLI::App& app, int& exit_code);     // account, key
void add_journal(CLI::App& app, int& exit_code);  // verify, backup, restore, journal, replay, tail

// Says what is wrong and what to do on standard error; gives the exit code.
int report(const Error& error);

}  // namespace lifeline::app
