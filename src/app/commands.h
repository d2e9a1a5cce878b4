#pragma once

#include "app/command_line.h"
#include "app/listing.h"
#include "base/result.h"

// The commands of the binary. Each adds its own; what they run gives the exit code: 0 done, 1
// refused or something is wrong, 2 wrong use.
namespace lifeline::app {

void add_serve(Command app);         // serve
void add_check_config(Command app);  // check-config
void add_init(Command app);          // init
void add_doctor(Command app);        // doctor
void add_trigger(Command app);       // trigger
void add_tokens(Command app);        // token
void add_accounts(Command app);      // account
void add_users(Command app);         // user
void add_keys(Command app);          // key
void add_signing_keys(Command app);  // keys
void add_tools(Command app);         // tools
void add_agents(Command app);        // agent
void add_policy(Command app);        // policy
void add_rebuild(Command app);       // rebuild
void add_verify(Command app);        // verify
void add_archive(Command app);       // archive
void add_journal(Command app);       // backup, restore, journal, tail
void add_replay(Command app);        // replay
void add_explain(Command app);       // explain
void add_erase(Command app);         // erase, erasures
void add_hold(Command app);          // hold
void add_retention(Command app);     // retention
void add_whatif(Command app);        // whatif
void add_reconcile(Command app);     // reconcile, adjust
void add_billing(Command app);       // cards, usage, charges, margin, statement, trace
void add_sinks(Command app);         // sinks, dlq
void add_budgets(Command app);       // budget, credit

void add_commands(Command root);  // All of these.

// Says what is wrong and what to do on standard error; gives the exit code.
int report(const Error& error);
// Says what was done on standard output: a sentence for people, an object for programs.
int done(bool json, const std::string& sentence, const Listing& about);

// Whom the journal names as the one who did it.
inline constexpr std::string_view operator_name = "cli";

}  // namespace lifeline::app
