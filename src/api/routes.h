#pragma once

#include "api/exchange.h"

// One function a route; the table that names them is routes.cpp.
namespace lifeline::api {

class Api;

// sessions.cpp
void create_session(Api& api, Asked asked);
void list_sessions(Api& api, Asked asked);
void get_session(Api& api, Asked asked);
void change_state(Api& api, Asked asked);
void connect(Api& api, Asked asked);

// participants.cpp
void add_participant(Api& api, Asked asked);
void remove_participant(Api& api, Asked asked);
void create_invite(Api& api, Asked asked);
void revoke_invite(Api& api, Asked asked);
void redeem_invite(Api& api, Asked asked);

// capability.cpp
void create_capability(Api& api, Asked asked);

// actions.cpp
void list_actions(Api& api, Asked asked);
void get_action(Api& api, Asked asked);
void cancel_action(Api& api, Asked asked);
void resolve_action(Api& api, Asked asked);
void answer_confirmation(Api& api, Asked asked);
void change_killswitch(Api& api, Asked asked);

// turns.cpp
void create_turn(Api& api, Asked asked);

// agents.cpp
void list_agents(Api& api, Asked asked);

// tools.cpp
void list_tools(Api& api, Asked asked);

// search.cpp
void find_text(Api& api, Asked asked);

// decisions.cpp
void list_decisions(Api& api, Asked asked);
void list_killswitches(Api& api, Asked asked);
void list_grants(Api& api, Asked asked);
void create_grant(Api& api, Asked asked);
void revoke_grant(Api& api, Asked asked);
void change_safety_killswitch(Api& api, Asked asked);

// policy.cpp
void get_policy(Api& api, Asked asked);
void change_policy(Api& api, Asked asked);

// speech.cpp
void upload_speech(Api& api, Asked asked);
void speech_terms(Api& api, Asked asked);

// events.cpp
void publish_event(Api& api, Asked asked);
void read_events(Api& api, Asked asked);
void get_snapshot(Api& api, Asked asked);
void get_transcript(Api& api, Asked asked);

// documents.cpp
void create_document(Api& api, Asked asked);
void list_documents(Api& api, Asked asked);
void get_document(Api& api, Asked asked);

// document_edits.cpp, document_events.cpp, document_shares.cpp
void edit_document(Api& api, Asked asked);
void read_document_events(Api& api, Asked asked);
void share_document(Api& api, Asked asked);
void unshare_document(Api& api, Asked asked);

// accounts.cpp
void list_accounts(Api& api, Asked asked);
void create_account(Api& api, Asked asked);
void get_account(Api& api, Asked asked);
void change_account_state(Api& api, Asked asked);

// users.cpp
void create_user(Api& api, Asked asked);
void get_user(Api& api, Asked asked);
void link_identity(Api& api, Asked asked);
void unlink_identity(Api& api, Asked asked);

// keys.cpp
void list_keys(Api& api, Asked asked);
void create_key(Api& api, Asked asked);
void get_key(Api& api, Asked asked);
void revoke_key(Api& api, Asked asked);

// open.cpp
void health(Api& api, Asked asked);
void readiness(Api& api, Asked asked);
void public_keys(Api& api, Asked asked);
void schema_document(Api& api, Asked asked);
void error_page(Api& api, Asked asked);

// development.cpp
void development(Api& api, Asked asked);
void development_token(Api& api, Asked asked);

}  // namespace lifeline::api
