#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "safety/spoken.h"
#include "safety/verdict.h"

namespace lifeline::safety {

// What may be done, what must be asked first, and what is not done: rules in order, of which the
// first that matches decides, and a default for each risk. Pure: no I/O, no clock, so the same
// question gets the same verdict for ever. Immutable, cheap to copy, safe to read from every loop.
class Policy {
public:
    // Without a policy file: what only reads and what risks little is allowed, the rest is asked.
    static Policy standard();
    // docs/safety.md has the form. Refuses with `policy_invalid`, naming the rule and the field;
    // the pointer is into the JSON.
    static Result<Policy> parse(std::string_view json);

    // Arguments that are no JSON object are denied: what cannot be looked at cannot be let through.
    Verdict evaluate(const Question& question) const;
    // Whether a rule about this type asks how many of it there were today.
    bool counts_days(std::string_view action_type) const;
    // What somebody says who is asked by voice; see spoken.h.
    Spoken spoken(std::string_view text, std::string_view language) const;

    std::string_view id() const;
    std::string_view version() const;
    std::string_view hash() const;  // of its canonical JSON, in hexadecimal
    std::string_view json() const;  // canonical

    // One row a rule, for people: what it asks for, and what then.
    struct Row {
        std::string name;
        std::string when;
        std::string then;
    };
    std::vector<Row> rows() const;  // the rules in order, then the defaults

    struct Content;  // the rules, in the form in which they are asked

private:
    explicit Policy(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
    std::shared_ptr<const Content> content_;
};

}  // namespace lifeline::safety
