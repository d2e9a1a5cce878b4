#include "app/commands.h"

namespace lifeline::app {

void add_commands(Command root) {
    add_serve(root);
    add_check_config(root);
    add_init(root);
    add_doctor(root);
    add_trigger(root);
    add_tokens(root);
    add_accounts(root);
    add_users(root);
    add_keys(root);
    add_signing_keys(root);
    add_tools(root);
    add_agents(root);
    add_policy(root);
    add_rebuild(root);
    add_verify(root);
    add_archive(root);
    add_journal(root);
    add_replay(root);
    add_explain(root);
    add_erase(root);
    add_hold(root);
    add_retention(root);
    add_whatif(root);
    add_reconcile(root);
    add_billing(root);
    add_sinks(root);
    add_budgets(root);
}

}  // namespace lifeline::app
