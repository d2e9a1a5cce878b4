#include "billing/columns.h"

#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::billing {

std::string words_json(const pricing::Words& words) {
    contract::JsonWriter json;
    json.object();
    for (const auto& [name, value] : words) json.key(name).value(value);
    json.end();
    return json.take();
}

pricing::Words words_of(std::string_view words_json) {
    pricing::Words words;
    const auto json = contract::Json::parse(words_json.empty() ? "{}" : words_json);
    if (!json) return words;
    for (const auto& [name, value] : json->members())
        if (const auto text = value.as_text()) words.emplace(name, *text);
    return words;
}

}  // namespace lifeline::billing
