#include "contract/canonical.h"
#include "contract/json_writer.h"
#include "pricing/decimal_text.h"
#include "pricing/statement.h"

namespace lifeline::pricing {

namespace {

using contract::JsonWriter;

void write_part(JsonWriter& json, const StatementPart& part) {
    json.object();
    json.key("part").value(to_text(part.what));
    json.key("cardVersion").value(part.card_version);
    json.key("quantity").value(to_text(static_cast<Int128>(part.quantity)));
    json.key("amount").value(to_text(part.amount));
    if (part.what == StatementPart::What::tier) {
        json.key("tier").value(part.tier + 1);
        json.key("per").value(to_text(static_cast<Int128>(part.per)));
        json.key("unitNano").value(to_text(part.unit_nano));
    }
    json.end();
}

void write_charge(JsonWriter& json, const Charge& charge) {
    json.object();
    json.key("idempotencyKey").value(charge.id);
    json.key("window").value(text_of(charge.window));
    json.key("cardVersion").value(charge.card_version);
    json.key("quantity").value(to_text(static_cast<Int128>(charge.quantity)));
    json.key("amount").value(to_text(charge.amount));
    json.end();
}

void write_adjustment(JsonWriter& json, const Adjustment& adjustment) {
    json.key("adjustmentId").value(adjustment.id);
    json.key("adjustmentKind").value(adjustment.kind);
    json.key("serviceWindow").value(text_of(adjustment.service));
    json.key("cause").value(adjustment.cause);
    if (!adjustment.corrects.empty()) json.key("corrects").value(adjustment.corrects);
}

void write_line(JsonWriter& json, const StatementLine& line, int minor_digits) {
    json.object();
    json.key("kind").value(to_text(line.kind));
    json.key("card").value(line.card);
    json.key("item").value(line.item);
    json.key("meter").value(line.meter);
    json.key("unit").value(line.unit);
    json.key("quantity").value(to_text(static_cast<Int128>(line.quantity)));
    json.key("amount").value(to_text(line.amount));
    json.key("settledMinor").value(to_text(line.settled));
    json.key("settled").value(minor_text(line.settled, minor_digits));
    if (line.kind == StatementLine::Kind::minimum)
        json.key("minimumNano").value(to_text(line.minimum_nano));
    if (line.adjustment) write_adjustment(json, *line.adjustment);
    if (line.kind == StatementLine::Kind::usage) {
        json.key("parts").array();
        for (const auto& part : line.parts) write_part(json, part);
        json.end();
        json.key("charges").array();
        for (const auto& charge : line.charges) write_charge(json, charge);
        json.end();
    }
    json.end();
}

void write_unpriced(JsonWriter& json, const Unpriced& unpriced) {
    json.object();
    json.key("meter").value(unpriced.meter);
    json.key("unit").value(unpriced.unit);
    json.key("quantity").value(to_text(static_cast<Int128>(unpriced.quantity)));
    json.key("dims").object();
    for (const auto& [name, word] : unpriced.dims) json.key(name).value(word);
    json.end();
    json.end();
}

}  // namespace

std::string render_json(const Statement& statement) {
    JsonWriter json;
    json.object();
    json.key("period").value(text_of(statement.month));
    json.key("accountId").value(statement.account);
    json.key("currency").value(statement.currency);
    json.key("amount").value(to_text(statement.amount));
    json.key("totalMinor").value(to_text(statement.total));
    json.key("total").value(minor_text(statement.total, statement.minor_digits));
    json.key("ledgerHash").value(ledger_hash(statement));
    json.key("note").value(not_an_invoice);
    if (!statement.journal_head.empty()) json.key("journalHead").value(statement.journal_head);
    json.key("lines").array();
    for (const auto& line : statement.lines) write_line(json, line, statement.minor_digits);
    json.end();
    json.key("unpriced").array();
    for (const auto& unpriced : statement.unpriced) write_unpriced(json, unpriced);
    json.end();
    json.end();
    return contract::canonical_json(json.take());
}

}  // namespace lifeline::pricing
