#include "orchestration/document_reading.h"

#include <fmt/format.h>

#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_pointer.h"
#include "contract/json_writer.h"
#include "orchestration/json_fit.h"

namespace lifeline::orchestration {

namespace {

using contract::Json;

// Of the list of what was left out; of its rest only the number is told.
constexpr std::size_t omitted_bytes_max = 3 * 1024;
// For the names of the answer's own members.
constexpr std::size_t margin = 256;

std::size_t json_bytes(std::string_view text) {
    std::string json;
    contract::append_json_string(json, text);
    return json.size();
}

// Takes what fits and remembers the rest.
class Fitting {
public:
    Fitting(std::string_view path, std::size_t bytes) : path_(path), left_(bytes) {
        omitted_.array();
    }

    // True when it is to be written; `cost` is its bytes with its key.
    bool takes(std::string_view step, std::size_t value_bytes, std::size_t cost) {
        if (cost <= left_) {
            left_ -= cost;
            return true;
        }
        const std::string place = std::string(path_) + std::string(step);
        const std::size_t entry = json_bytes(place) + 32;
        if (omitted_bytes_ + entry > omitted_bytes_max) {
            ++more_;
            return false;
        }
        omitted_bytes_ += entry;
        omitted_.object().key("path").value(place).key("bytes").value(value_bytes).end();
        return false;
    }
    void write(contract::JsonWriter& json) {
        json.key("truncated").value(true);
        json.key("omitted").raw(omitted_.end().take());
        if (more_ > 0) json.key("omittedMore").value(more_);
    }

private:
    std::string_view path_;
    std::size_t left_;
    contract::JsonWriter omitted_;
    std::size_t omitted_bytes_ = 0;
    std::size_t more_ = 0;
};

void write_part(contract::JsonWriter& json, const Json& part, std::string_view path,
                std::size_t bytes) {
    if (part.is_text()) {
        std::string text;
        append_cut_string(text, *part.as_text(), bytes);
        json.key("content").raw(text).key("truncated").value(true);
        return;
    }
    Fitting fitting(path, bytes - omitted_bytes_max);
    json.key("content");
    if (part.is_object()) {
        json.object();
        for (const auto& [key, value] : part.members()) {
            const std::string text = contract::canonical_json(value);
            const std::string step = contract::pointer_step(key);
            if (fitting.takes(step, text.size(), text.size() + json_bytes(key) + 2))
                json.key(key).raw(text);
        }
    } else {
        json.array();
        std::size_t index = 0;
        for (const Json& item : part.items()) {
            const std::string text = contract::canonical_json(item);
            if (fitting.takes(fmt::format("/{}", index++), text.size(), text.size() + 1))
                json.raw(text);
        }
    }
    json.end();
    fitting.write(json);
}

}  // namespace

std::optional<std::string> reading_of(const DocumentSeen& seen, std::string_view path,
                                      std::size_t bytes_max) {
    const auto content = Json::parse(seen.content_json);
    const auto part = content ? contract::find_at(*content, path) : std::nullopt;
    if (!part) return std::nullopt;
    contract::JsonWriter json;
    json.object();
    json.key("documentId").value(seen.id).key("kind").value(seen.kind);
    json.key("title").value(seen.title).key("rev").value(seen.rev);
    if (!path.empty()) json.key("path").value(path);
    const std::size_t head =
        json_bytes(seen.title) + json_bytes(path) + seen.id.size() + seen.kind.size() + margin;
    const std::string text = contract::canonical_json(*part);
    if (head + text.size() <= bytes_max) {
        json.key("content").raw(text);
    } else {
        write_part(json, *part, path, bytes_max - head);
    }
    return json.end().take();
}

}  // namespace lifeline::orchestration
