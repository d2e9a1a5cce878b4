#include <fmt/format.h>

#include "pricing/decimal_text.h"
#include "pricing/statement.h"

namespace lifeline::pricing {

namespace {

// A cell that begins like a formula is one to a spreadsheet, with quotes or without; behind an
// apostrophe it is a text. Spaces before it do not help, nor do marks without a width or the wide
// forms of the same signs; so only what is known to begin a text is let through.
bool begins_a_text(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return true;
    text.remove_prefix(first);
    const auto c = static_cast<unsigned char>(text.front());
    if (c >= 0x80)
        return c != 0xC2 && c != 0xEF && !text.starts_with("\xE2\x80") &&
               !text.starts_with("\xE2\x81");
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '(' ||
           c == '[' || c == '"';
}

// One record: its cells in order, the ends of lines and the quotes as RFC 4180 has them.
class Row {
public:
    // Text that may be anybody's.
    Row& text(std::string_view text) {
        return cell(begins_a_text(text) ? std::string(text) : fmt::format("'{}", text));
    }
    // A number that was made here, and may begin with a minus.
    Row& number(std::string_view number) { return cell(number); }
    Row& number(Int128 number) { return cell(to_text(number)); }
    Row& none(int cells = 1) {
        for (int i = 0; i < cells; ++i) cell("");
        return *this;
    }
    void end(std::string& out) const { out.append(row_).append("\r\n"); }

private:
    Row& cell(std::string_view value) {
        if (begun_) row_ += ',';
        begun_ = true;
        if (value.find_first_of(",\"\r\n'") == std::string_view::npos) {
            row_ += value;
            return *this;
        }
        row_ += '"';
        for (const char c : value) {
            if (c == '"') row_ += '"';
            row_ += c;
        }
        row_ += '"';
        return *this;
    }

    std::string row_;
    bool begun_ = false;
};

constexpr std::string_view header =
    "row,period,account,currency,card,cardVersion,item,meter,unit,window,quantity,per,unitPrice,"
    "amount,settled,id,kind,cause\r\n";

Row begin(std::string_view kind, const Statement& statement) {
    Row row;
    row.text(kind).text(text_of(statement.month)).text(statement.account);
    row.text(statement.currency);
    return row;
}

void add_line(std::string& out, const Statement& statement, const StatementLine& line) {
    auto row = begin(to_text(line.kind), statement);
    row.text(line.card).none().text(line.item).text(line.meter).text(line.unit);
    row.text(line.adjustment ? text_of(line.adjustment->service) : "");
    row.number(line.quantity).none(2).number(nano_text(line.amount));
    row.number(minor_text(line.settled, statement.minor_digits));
    if (line.adjustment)
        row.text(line.adjustment->id).text(line.adjustment->kind).text(line.adjustment->cause);
    else
        row.none(3);
    row.end(out);
    for (const auto& part : line.parts) {
        auto one = begin("part", statement);
        one.text(line.card).number(part.card_version).text(line.item).text(line.meter);
        one.text(line.unit).none().number(part.quantity);
        if (part.what == StatementPart::What::tier)
            one.number(part.per).number(nano_text(part.unit_nano));
        else
            one.none(2);
        one.number(nano_text(part.amount)).none(2).text(to_text(part.what)).none();
        one.end(out);
    }
    for (const auto& charge : line.charges) {
        auto one = begin("charge", statement);
        one.text(line.card).number(charge.card_version).text(line.item).text(line.meter);
        one.text(line.unit).text(text_of(charge.window)).number(charge.quantity).none(2);
        one.number(nano_text(charge.amount)).none().text(charge.id).none(2);
        one.end(out);
    }
}

}  // namespace

std::string render_csv(const Statement& statement) {
    std::string out(header);
    for (const auto& line : statement.lines) add_line(out, statement, line);
    for (const auto& one : statement.unpriced) {
        auto row = begin("unpriced", statement);
        std::string dims;
        for (const auto& [name, word] : one.dims)
            dims += fmt::format("{}{}={}", dims.empty() ? "" : " ", name, word);
        row.none(3).text(one.meter).text(one.unit).none().number(one.quantity).none(6).text(dims);
        row.end(out);
    }
    auto total = begin("total", statement);
    total.none(9).number(nano_text(statement.amount));
    total.number(minor_text(statement.total, statement.minor_digits)).none(2).text(not_an_invoice);
    total.end(out);
    return out;
}

}  // namespace lifeline::pricing
