#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/window.h"
#include "findings/finding.h"
#include "journal/journal.h"
#include "pricing/correction.h"

namespace lifeline::api {

// Who counts hours again, and who changes what came of it: answered on `from` once it is durable.
struct ReconciliationDesk {
    // Those that are due, where nothing else is said. A run for each stretch of them.
    struct Hours {
        std::optional<Window> from;
        std::optional<Window> to;  // Not included.
    };
    std::function<void(Hours, Loop& from, journal::Done<std::vector<findings::Run>>)> run;

    enum class Form : std::uint8_t { json, csv, text };
    std::function<void(std::string run_id, Form, Loop& from, journal::Done<std::string>)> report;

    struct Resolving {
        std::string account_id;
        std::string finding_id;
        findings::State state;
        std::string by;
        std::string reason;
    };
    std::function<void(Resolving, Loop& from, journal::Done<findings::Finding>)> resolve;

    struct Adjusting {
        std::string account_id;
        std::string kind;
        Window window;
        std::string item;
        pricing::Correction correction;
        std::string corrects;  // Empty: nothing by its id.
        std::string by;
        std::string reason;
        std::string id;               // Of the adjustment.
        std::string finding_id = {};  // That it resolves, if any.
    };
    // Gives the adjustment's payload.
    std::function<void(Adjusting, Loop& from, journal::Done<std::string>)> adjust;

    struct Statement {
        std::string account_id;
        std::string source;
        std::string rows_json;  // Checked against its schema.
        std::string by;
    };
    struct Imported {
        std::string id;
        std::size_t rows = 0;
    };
    std::function<void(Statement, Loop& from, journal::Done<Imported>)> import;

    // Alerts that were given up: told again, or no more.
    struct Moving {
        std::string alert_id;
        std::string by;
    };
    std::function<void(Moving, Loop& from, journal::Done<void>)> resend_alert;
    std::function<void(Moving, Loop& from, journal::Done<void>)> discard_alert;
};

}  // namespace lifeline::api
