#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/json.h"

namespace lifeline::app {

// What a command has to show: a table for people, or JSON for programs. Programs may rely on the
// keys; the table is for eyes only.
class Listing {
public:
    struct Column {
        std::string_view heading;  // "ACCOUNT"
        std::string_view key;      // "accountId"
    };
    enum class Output { table, json };

    explicit Listing(std::vector<Column> columns) : columns_(std::move(columns)) {}

    // One cell a column. An empty one is nothing: its key is left out of the JSON.
    void row(std::vector<std::string> cells);

    // The members of an object that the columns are named after: texts and whole numbers.
    void row_of(const contract::Json& object);

    // All rows, in JSON as the list of this name: {"accounts":[{...}]}.
    void print(Output output, std::string_view name) const;
    // The same as a text, for whoever prints more beside it.
    std::string table() const;
    // The only row, as one JSON object.
    std::string object_json() const;

private:
    struct Cell {
        std::string text;
        bool number = false;  // In JSON, too.
    };
    std::string row_json(const std::vector<Cell>& cells) const;

    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace lifeline::app
