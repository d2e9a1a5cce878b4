#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/json.h"

namespace lifeline::safety {

// Where a rule looks: a JSON pointer in which a step `*` stands for every item of a list.
class Path {
public:
    static std::optional<Path> parse(std::string_view text);

    const std::vector<std::string>& steps() const { return steps_; }
    friend bool operator==(const Path&, const Path&) = default;

private:
    std::vector<std::string> steps_;
};

// What is there. null counts as nothing: that is how most senders leave something out.
struct Found {
    std::vector<contract::Json> values;
    // Something is there, but not in the shape the path expects (a text where it expects a list),
    // so what a tool would make of it is not known.
    bool strange = false;
};

// The arguments of one question, and what was looked up in them already: rules ask for the same few
// places again and again.
class Arguments {
public:
    Arguments(contract::Json root, const std::vector<Path>& paths)
        : root_(std::move(root)), paths_(paths), found_(paths.size()) {}

    const Found& at(std::size_t path);
    // More was looked at than a judgement may take; it must not be relied on.
    bool exhausted() const { return budget_ < 0; }
    bool spend(std::size_t steps) {
        budget_ -= static_cast<std::int64_t>(steps);
        return !exhausted();
    }

private:
    void collect(const contract::Json& from, const std::vector<std::string>& steps,
                 std::size_t step, Found& found);

    contract::Json root_;
    const std::vector<Path>& paths_;
    std::vector<std::optional<Found>> found_;
    std::int64_t budget_ = 500'000;
};

}  // namespace lifeline::safety
