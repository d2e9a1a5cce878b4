#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/loop.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "net/http_client.h"
#include "speech/recording.h"

namespace lifeline::speech {

// Whom to ask what was said: any service with OpenAI's POST {base_url}/audio/transcriptions.
struct TranscriberOptions {
    std::string base_url;  // "http://127.0.0.1:9000/v1"; declared by the operator, so it may be
                           // anywhere.
    std::string model;
    Secret<std::string> key = Secret<std::string>("");  // Empty: none is sent.
    Millis timeout = std::chrono::seconds(30);
    std::size_t in_flight_max = 16;
};

struct TranscriberCounters {
    std::uint64_t asked = 0;
    std::uint64_t understood = 0;
    std::uint64_t failed = 0;
    std::uint64_t refused_busy = 0;
};

// Recordings to words, by somebody else's ears. Nothing is kept and nothing tried again: who spoke
// still has the recording. Lives on the client's loop.
class Transcriber {
public:
    using Done = std::move_only_function<void(Result<std::string>)>;

    Transcriber(net::HttpClient& client, Random& random, TranscriberOptions options);
    ~Transcriber();
    Transcriber(const Transcriber&) = delete;
    Transcriber& operator=(const Transcriber&) = delete;

    // What was said, without space around it; empty when nothing was heard. speech_busy before
    // anything is sent, also while the same recording is being heard; speech_unavailable when the
    // service does not answer, is busy or answers nonsense; speech_refused when it will not take
    // this recording.
    void transcribe(Recording recording, Done done);

    // Whether another would be heard now; this one is being heard already.
    bool has_room() const { return hearing_.size() < options_.in_flight_max; }
    bool hears(const std::string& id) const { return hearing_.contains(id); }
    const TranscriberCounters& counters() const { return counters_; }

private:
    Result<std::string> heard(const Result<net::Response>& answer) const;

    net::HttpClient& client_;
    Random& random_;
    TranscriberOptions options_;
    std::set<std::string> hearing_;
    TranscriberCounters counters_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::speech
