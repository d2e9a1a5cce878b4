#include "agent/openai_driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include "agent/chat_request.h"
#include "agent/chat_stream.h"
#include "base/log.h"

namespace lifeline::agent {

namespace {

constexpr std::size_t answer_bytes_max = 8 << 20;
constexpr std::size_t refusal_bytes_max = 16 * 1024;
constexpr Millis again_after{500};
constexpr Millis retry_after_most{86'400'000};

Millis retry_after(const net::Response& head) {
    const auto* header = net::find_header(head.headers, "Retry-After");
    if (header == nullptr) return Millis{0};
    std::int64_t seconds = 0;
    const char* last = header->data() + header->size();
    if (std::from_chars(header->data(), last, seconds).ptr != last || seconds < 0) return Millis{0};
    return std::min(Millis{std::min<std::int64_t>(seconds, 86'400) * 1000}, retry_after_most);
}

bool is_json(const net::Response& head) {
    const auto* type = net::find_header(head.headers, "Content-Type");
    return type != nullptr && type->starts_with("application/json");
}

// One prompt, asked of one model after the other.
class OpenAiRun final : public Run {
public:
    OpenAiRun(Loop& loop, net::HttpClient& client, const OpenAiOptions& options, Prompt prompt,
              Hearer& hearer)
        : loop_(loop),
          client_(client),
          options_(options),
          prompt_(std::move(prompt)),
          hearer_(hearer),
          names_(prompt_),
          until_(loop.clock().steady() + prompt_.timeout) {
        ask();
    }
    ~OpenAiRun() override {
        *alive_ = false;
        stop_timer();
        if (fetch_) client_.cancel(*fetch_, net::HttpClient::Cancel::anyhow);
    }

private:
    void ask() {
        const std::string& model = options_.models[place_];
        stream_.emplace(hearer_);
        refusal_.clear();
        body_.clear();
        status_ = 0;
        net::FetchRequest request;
        request.url = options_.base_url + "/chat/completions";
        request.method = "POST";
        request.headers = {{"Content-Type", "application/json"}, {"Accept", "text/event-stream"}};
        if (!options_.key.reveal().empty())
            request.headers.push_back({"Authorization", "Bearer " + options_.key.reveal()});
        if (!prompt_.idempotency_key.empty())
            request.headers.push_back({"Idempotency-Key", prompt_.idempotency_key});
        request.body = chat_request(prompt_, options_.profile, model, names_);
        request.egress = net::Egress::anywhere;
        request.body_bytes_max = answer_bytes_max;
        request.timeout = std::max(
            std::chrono::duration_cast<Millis>(until_ - loop_.clock().steady()), Millis{1});
        const auto alive = alive_;
        const int asked = ++asks_;
        request.hear = [this, alive, asked](const net::Response& head, std::string_view piece) {
            return *alive && asked == asks_ ? heard(head, piece) : net::Hear::enough;
        };
        await_more();
        fetch_ =
            client_.fetch(std::move(request), [this, alive, asked](Result<net::Response> response) {
                if (*alive && asked == asks_) answered(std::move(response));
            });
    }

    net::Hear heard(const net::Response& head, std::string_view piece) {
        await_more();
        status_ = head.status;
        if (head.status < 200 || head.status > 299) {
            if (refusal_.size() < refusal_bytes_max) refusal_ += piece;
            return net::Hear::on;
        }
        if (is_json(head)) {
            body_ += piece;
            return net::Hear::on;
        }
        const auto alive = alive_;
        const auto state = stream_->feed(piece);
        if (!*alive) return net::Hear::enough;
        return state == ChatStream::State::going ? net::Hear::on : net::Hear::enough;
    }

    void answered(Result<net::Response> response) {
        fetch_.reset();
        stop_timer();
        if (!response) {
            const bool lost = net::may_have_arrived(response.error());
            return give_way({.reason = out_of_time() ? "model_timeout"
                                       : lost        ? "model_cut"
                                                     : "model_unreachable",
                             .detail = hidden(response.error().detail),
                             .retryable = true,
                             .reached = lost});
        }
        if (response->status < 200 || response->status > 299) return refused(*response);
        const auto alive = alive_;
        const auto state = is_json(*response) ? stream_->whole(body_) : stream_->closed();
        if (!*alive) return;
        if (state == ChatStream::State::failed) {
            Failure failure = stream_->failure();
            failure.detail = hidden(failure.detail);
            return give_way(std::move(failure));
        }
        const std::string why = stream_->stop_reason();
        for (ToolCall& call : stream_->take_calls()) {
            call.name = names_.tool(call.name);
            hearer_.called(std::move(call));
            if (!*alive) return;
        }
        hearer_.ended(why);
    }

    void refused(const net::Response& response) {
        const unsigned status = response.status;
        Failure failure{.reason = status == 429   ? "model_rate_limited"
                                  : status >= 500 ? "model_failed"
                                                  : "model_refused",
                        .detail = hidden(fmt::format("{} answers {}: {}", options_.models[place_],
                                                     status, provider_says(refusal_))),
                        .retryable = status == 429 || status == 408 || status >= 500,
                        .reached = status >= 500,
                        .retry_after = retry_after(response)};
        // The same key would be turned away by every model.
        if (status == 401 || status == 403) return tell(std::move(failure));
        give_way(std::move(failure));
    }

    // To the next model; and once more to the first, when that is worth a moment.
    void give_way(Failure failure) {
        if (stream_->told() || out_of_time()) return tell(std::move(failure));
        if (place_ + 1 < options_.models.size()) {
            log::info("session={} model={} gives way to model={} reason={}", prompt_.session_id,
                      options_.models[place_], options_.models[place_ + 1], failure.reason);
            if (!say_gave_way(std::move(failure))) return;
            ++place_;
            hearer_.answering(options_.models[place_]);
            return ask();
        }
        const Millis pause = std::max(failure.retry_after, again_after);
        const bool in_time = loop_.clock().steady() + pause + again_after < until_;
        if (std::exchange(again_, true) || !failure.retryable || pause > options_.retry_after_max ||
            !in_time)
            return tell(std::move(failure));
        if (!say_gave_way(std::move(failure))) return;
        timer_ = loop_.start_timer(pause, [this] {
            timer_ = 0;
            place_ = 0;
            hearer_.answering(options_.models[place_]);
            ask();
        });
    }

    // False: it is not wanted any more.
    bool say_gave_way(Failure failure) {
        const auto alive = alive_;
        last_ = failure.detail;
        hearer_.gave_way(failure);
        return *alive;
    }

    bool out_of_time() const { return loop_.clock().steady() >= until_; }

    // That time ran out says little about an attempt that had little of it.
    void tell(Failure failure) {
        if (out_of_time() && !last_.empty()) failure.detail += "; before: " + last_;
        hearer_.failed(failure);
    }

    void await_more() {
        stop_timer();
        timer_ = loop_.start_timer(options_.idle, [this] {
            timer_ = 0;
            ++asks_;  // What still comes of this one is not heard.
            if (fetch_) client_.cancel(*std::exchange(fetch_, {}), net::HttpClient::Cancel::anyhow);
            give_way({.reason = status_ == 0 ? "model_timeout" : "model_stalled",
                      .detail = fmt::format("{} sent nothing for {} ms", options_.models[place_],
                                            options_.idle.count()),
                      .retryable = true});
        });
    }
    void stop_timer() {
        if (timer_ != 0) loop_.cancel_timer(std::exchange(timer_, 0));
    }

    // A provider may quote the key that it does not like.
    std::string hidden(std::string text) const {
        const std::string& key = options_.key.reveal();
        if (key.empty()) return text;
        for (auto at = text.find(key); at != std::string::npos; at = text.find(key))
            text.replace(at, key.size(), "***");
        return text;
    }

    Loop& loop_;
    net::HttpClient& client_;
    const OpenAiOptions& options_;
    Prompt prompt_;
    Hearer& hearer_;
    WireNames names_;
    SteadyTime until_;
    std::size_t place_ = 0;
    bool again_ = false;
    std::string last_;  // Why the attempt before gave way.
    int asks_ = 0;
    std::optional<ChatStream> stream_;
    std::string refusal_;
    std::string body_;
    unsigned status_ = 0;
    std::optional<net::HttpClient::FetchId> fetch_;
    Loop::TimerId timer_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

std::unique_ptr<Run> OpenAiDriver::start(Prompt prompt, Hearer& hearer) {
    return std::make_unique<OpenAiRun>(loop_, client_, options_, std::move(prompt), hearer);
}

}  // namespace lifeline::agent
