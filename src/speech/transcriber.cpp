#include "speech/transcriber.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/text.h"
#include "contract/json.h"
#include "speech/form_data.h"

namespace lifeline::speech {

namespace {

constexpr std::size_t answer_bytes_max = 256 * 1024;
// The longest text that one utterance may have, in bytes that are surely no more characters.
constexpr std::size_t text_bytes_max = 16 * 1024;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const auto first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::unexpected<Error> unavailable(std::string why) {
    return fail(Code::unavailable, "speech_unavailable", std::move(why));
}

// "de-CH" is "de" to a recogniser that goes by ISO 639-1.
std::string_view primary(std::string_view language) {
    return language.substr(0, language.find('-'));
}

}  // namespace

Transcriber::Transcriber(net::HttpClient& client, Random& random, TranscriberOptions options)
    : client_(client), random_(random), options_(std::move(options)) {}

Transcriber::~Transcriber() {
    *alive_ = false;
}

void Transcriber::transcribe(Recording recording, Done done) {
    if (!has_room() || hears(recording.id)) {
        ++counters_.refused_busy;
        return done(fail(Code::overloaded, "speech_busy", "too many recordings are being heard"));
    }
    const auto chance = random_.bytes<16>();
    FormData form("lifeline-" + to_hex(chance));
    form.field("model", options_.model).field("response_format", "json");
    if (!recording.language.empty()) form.field("language", primary(recording.language));
    form.file("file", fmt::format("speech.{}", recording.format.extension),
              recording.format.media_type, recording.bytes);
    net::FetchRequest request{
        .url = options_.base_url + "/audio/transcriptions",
        .method = "POST",
        .headers = {{"Content-Type", form.content_type()}, {"Accept", "application/json"}},
        .body = form.take(),
        .egress = net::Egress::anywhere,
        .timeout = options_.timeout,
        .body_bytes_max = answer_bytes_max};
    if (!options_.key.reveal().empty())
        request.headers.push_back({"Authorization", "Bearer " + options_.key.reveal()});
    hearing_.insert(recording.id);
    ++counters_.asked;
    client_.fetch(std::move(request),
                  [this, alive = alive_, id = recording.id,
                   done = std::move(done)](Result<net::Response> answer) mutable {
                      if (!*alive) return;
                      hearing_.erase(id);
                      auto text = heard(answer);
                      ++(text ? counters_.understood : counters_.failed);
                      done(std::move(text));
                  });
}

Result<std::string> Transcriber::heard(const Result<net::Response>& answer) const {
    if (!answer) return unavailable("the recogniser did not answer: " + answer.error().reason);
    if (answer->status == 429 || answer->status >= 500)
        return unavailable(fmt::format("the recogniser answered {}", answer->status));
    // A wrong key or model is the operator's to mend; to who speaks it is all the same.
    if (answer->status == 401 || answer->status == 403 || answer->status == 404)
        return unavailable(fmt::format("the recogniser answered {}: see [speech]", answer->status));
    if (answer->status != 200)
        return fail(Code::malformed, "speech_refused",
                    fmt::format("the recogniser answered {}", answer->status));
    const auto json = contract::Json::parse(answer->body);
    const auto words = json ? json->text("text") : std::nullopt;
    if (!words) return unavailable("the recogniser's answer has no text");
    std::string said(trimmed(*words));
    if (said.size() > text_bytes_max) return unavailable("the recogniser's text is too long");
    return said;
}

}  // namespace lifeline::speech
