#pragma once

#include "api/exchange.h"
#include "contract/json_writer.h"
#include "journal/journal.h"
#include "roster/roster.h"

namespace lifeline::api {

class Api;

// Where a reader goes on, as they say it.
struct EventCursor {
    std::uint64_t after = 0;
    bool of_another_epoch = false;
};
// epoch_changed, cursor_ahead. For who may read the call: a stranger learns neither.
Status can_be_served(const EventCursor& cursor, std::uint64_t head);

// Answers that stay open: one JSON object a line (NDJSON).

// GET /v1/call/sessions?follow=1: the open calls the principal is in, then each one they are added
// to. For agents: this is how one learns that somebody wants to talk.
void follow_sessions(Api& api, Asked asked, roster::RosterQuery query);

// GET .../events?follow=1: every event after a cursor, then each new one, until the call is over.
// The seq of the last line is the cursor to come back with.
void follow_events(Api& api, Asked asked, EventCursor cursor);

void write_roster_row(contract::JsonWriter& json, const roster::RosterRow& row);
// {seq, event, meta} as a line, or in a page.
std::string event_record_json(const journal::StoredEvent& event);

}  // namespace lifeline::api
