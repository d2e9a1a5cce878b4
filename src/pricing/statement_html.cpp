#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "pricing/decimal_text.h"
#include "pricing/html.h"
#include "pricing/statement.h"

namespace lifeline::pricing {

namespace {

constexpr std::array<std::string_view, 12> months = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

std::string month_name(Month month) {
    return fmt::format("{} {}", months[static_cast<unsigned>(month.month()) - 1],
                       static_cast<int>(month.year()));
}

// "16 Feb, 10:00–11:00 UTC"
std::string hour_name(Window window) {
    const auto day = std::chrono::floor<std::chrono::days>(window);
    const std::chrono::year_month_day date{day};
    const auto hour = (window - day).count();
    return fmt::format("{} {} {}, {:02}:00–{:02}:00 UTC", static_cast<unsigned>(date.day()),
                       months[static_cast<unsigned>(date.month()) - 1].substr(0, 3),
                       static_cast<int>(date.year()), hour, hour + 1);
}

bool is_adjustment(const StatementLine& line) {
    return line.kind == StatementLine::Kind::adjustment;
}

class Page {
public:
    explicit Page(const Statement& statement) : statement_(statement) {}

    std::string text() {
        add("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" "
            "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            "<title>Statement {} · {}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
            html(text_of(statement_.month)), html(statement_.account), page_style);
        add("<header>\n<div>\n<h1>Statement</h1>\n<p>{}</p>\n<p class=\"soft\">{}</p>\n</div>\n"
            "<div class=\"total\">{}</div>\n</header>\n",
            month_name(statement_.month), html(statement_.account), money(statement_.total));
        table("Usage", [](const StatementLine& line) { return !is_adjustment(line); });
        table("Adjustments", [](const StatementLine& line) { return is_adjustment(line); });
        total();
        unpriced();
        if (statement_.lines.empty() && statement_.unpriced.empty())
            add("<h2>Nothing was used in this month.</h2>\n");
        footer();
        return std::move(out_);
    }

private:
    template <class... T>
    void add(fmt::format_string<T...> format, T&&... values) {
        out_ += fmt::format(format, std::forward<T>(values)...);
    }

    std::string money(Int128 minor) const {
        return fmt::format("{}\u00A0{}", html(statement_.currency), minor_number(minor));
    }
    std::string minor_number(Int128 minor) const {
        return grouped(minor_text(minor, statement_.minor_digits));
    }

    template <class Which>
    void table(std::string_view title, Which which) {
        bool any = false;
        for (const auto& line : statement_.lines) {
            if (!which(line)) continue;
            if (!any)
                add("<h2>{}</h2>\n<table>\n<thead><tr><th>Item</th><th>Quantity</th><th>{}</th>"
                    "</tr></thead>\n<tbody>\n",
                    title, html(statement_.currency));
            any = true;
            row(line);
        }
        if (any) add("</tbody>\n</table>\n");
    }

    void row(const StatementLine& line) {
        add("<tr{}>", line.parts.empty() ? "" : " class=\"more\"");
        // A minimum has no quantity, nor has goodwill.
        if (line.quantity == 0 && line.kind != StatementLine::Kind::usage)
            add("<td colspan=\"2\">{}</td>", what(line));
        else
            add("<td>{}</td><td>{}</td>", what(line),
                html(quantity_text(line.quantity, line.unit)));
        add("<td>{}</td></tr>\n", minor_number(line.settled));
        for (const auto& one : line.parts) part(line, one);
        if (!line.parts.empty()) charges(line);
    }

    std::string nano_number(Int128 nano) const {
        return grouped(nano_text(nano, statement_.minor_digits));
    }

    std::string what(const StatementLine& line) const {
        if (line.kind == StatementLine::Kind::minimum)
            return fmt::format("{}, up to the monthly minimum of {}", html(line.item),
                               nano_number(line.minimum_nano));
        if (!line.adjustment) return html(line.item);
        const auto& one = *line.adjustment;
        std::string kind = one.kind;
        std::ranges::replace(kind, '_', ' ');
        return fmt::format(
            "{}, {}<div class=\"soft small\"><bdi>{}</bdi><br>{} · <code>{}</code></div>",
            html(line.item), hour_name(one.service), html(one.cause), html(kind), html(one.id));
    }

    void part(const StatementLine& line, const StatementPart& part) {
        std::string price;
        switch (part.what) {
            case StatementPart::What::included:
                price = "included";
                break;
            case StatementPart::What::tier:
                price = fmt::format("at {} per {}", nano_number(part.unit_nano),
                                    per_text(part.per, line.unit));
                break;
            case StatementPart::What::other:
                price = "booked, and not by the card";
                break;
        }
        add("<tr class=\"part\"><td>{}</td><td>{}</td><td>{}</td></tr>\n", html(price),
            html(quantity_text(part.quantity, line.unit)), nano_number(part.amount));
    }

    void charges(const StatementLine& line) {
        add("<tr class=\"part last\"><td colspan=\"3\"><details><summary>{} {}</summary><ol>\n",
            line.charges.size(), line.charges.size() == 1 ? "charge" : "charges");
        for (const auto& charge : line.charges)
            add("<li>{} · {} · {} · <code>{}</code></li>\n", hour_name(charge.window),
                html(quantity_text(charge.quantity, charge.unit)), nano_number(charge.amount),
                html(charge.id));
        add("</ol></details></td></tr>\n");
    }

    void total() {
        if (statement_.lines.empty()) return;
        add("<table><tbody><tr class=\"sum\"><td>Total</td><td>{}</td></tr></tbody></table>\n",
            money(statement_.total));
    }

    void unpriced() {
        if (statement_.unpriced.empty()) return;
        add("<h2>Used, and without a price</h2>\n<table>\n<thead><tr><th>Meter</th>"
            "<th>Quantity</th></tr></thead>\n<tbody>\n");
        for (const auto& one : statement_.unpriced) {
            std::string dims;
            for (const auto& [name, word] : one.dims) dims += fmt::format(" {}={}", name, word);
            add("<tr><td>{}<span class=\"soft small\">{}</span></td><td>{}</td></tr>\n",
                html(one.meter), html(dims), html(quantity_text(one.quantity, one.unit)));
        }
        add("</tbody>\n</table>\n");
    }

    void footer() {
        add("<footer>\n<p>{}</p>\n<p>Hours and months are of UTC. Small amounts are exact; lines "
            "are "
            "rounded once, so that they sum to the total.</p>\n<p>Ledger <code>{}</code></p>\n",
            html(not_an_invoice), ledger_hash(statement_));
        if (!statement_.journal_head.empty())
            add("<p>Closed at position <code>{}</code> of the journal</p>\n",
                html(statement_.journal_head));
        add("</footer>\n</main>\n</body>\n</html>\n");
    }

    const Statement& statement_;
    std::string out_;
};

}  // namespace

std::string render_html(const Statement& statement) {
    return Page(statement).text();
}

}  // namespace lifeline::pricing
