// A publisher with a real adapter over real HTTP, by itself. The first line of its input is the
// sink as JSON; after that each line is one of
//   add|reopen {id, account, item, window, quantity, recorded, ...}    redrive ID    discard ID
//   status    resume    ledger fails|works    question {...}    total {...}
// and each line of its output says what was recorded of a charge, or answers. Ends with its input.
#include <cstdio>
#include <cstdlib>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "base/asio_loop.h"
#include "base/log.h"
#include "base/thread_worker.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "sinks/file_courier.h"
#include "sinks/http_courier.h"
#include "sinks/jsonl.h"
#include "sinks/lago.h"
#include "sinks/openmeter.h"
#include "sinks/publisher.h"
#include "sinks/stripe.h"
#include "sinks/webhook.h"

namespace lifeline::sinks {
namespace {

using contract::Json;

std::string text(const Json& json, std::string_view key, std::string_view otherwise = "") {
    return std::string(json.text(key).value_or(otherwise));
}

Millis millis(const Json& json, std::string_view key, Millis otherwise) {
    const auto value = json.find(key);
    return value ? Millis(value->as_integer().value_or(0)) : otherwise;
}

Names names(const Json& json, std::string_view key) {
    Names names;
    if (const auto table = json.find(key))
        for (const auto& [name, value] : table->members())
            names.emplace(name, value.as_text().value_or(""));
    return names;
}

std::unique_ptr<Adapter> adapter_of(const Json& sink) {
    const std::string kind = text(sink, "kind");
    const Secret<std::string> key(text(sink, "key"));
    const Names customers = names(sink, "customers");
    const Names items = names(sink, "items");
    const Names meters = names(sink, "meters");
    if (kind == "stripe")
        return std::make_unique<StripeAdapter>(StripeOptions{
            .key = key, .customers = customers, .event_names = items, .meters = meters});
    if (kind == "openmeter")
        return std::make_unique<OpenMeterAdapter>(
            OpenMeterOptions{.key = key, .subjects = customers, .types = items, .meters = meters});
    if (kind == "lago")
        return std::make_unique<LagoAdapter>(
            LagoOptions{.key = key, .subscriptions = customers, .codes = items});
    if (kind == "jsonl") return std::make_unique<JsonlAdapter>();
    std::vector<Secret<std::string>> secrets;
    if (const auto list = sink.find("secrets"))
        for (const Json& secret : list->items())
            secrets.emplace_back(std::string(secret.as_text().value_or("")));
    WebhookOptions options{.path = "/hook", .headers = {}, .signer = {}};
    options.signer = *WebhookSigner::create(secrets);
    if (const auto window = sink.find("dedupeMs"))
        options.dedupe_window = Millis(window->as_integer().value_or(0));
    return std::make_unique<WebhookAdapter>(std::move(options));
}

// The same sink, and what it took is seen at once: nobody waits a quarter of an hour here.
class Hurried final : public Adapter {
public:
    Hurried(std::unique_ptr<Adapter> adapter, Millis settles)
        : adapter_(std::move(adapter)), capability_(adapter_->capability()) {
        capability_.settles = settles;
    }
    const Capability& capability() const override { return capability_; }
    std::optional<std::string> refuses(const Charge& charge) const override {
        return adapter_->refuses(charge);
    }
    Request request(std::span<const Item> items, WallTime now) const override {
        return adapter_->request(items, now);
    }
    std::vector<Reply> replies(std::span<const Item> items,
                               const Result<net::Response>& answer) const override {
        return adapter_->replies(items, answer);
    }
    std::optional<Request> question(const Charge& charge) const override {
        return adapter_->question(charge);
    }
    Found found(const Charge& charge, const Result<net::Response>& answer) const override {
        return adapter_->found(charge, answer);
    }
    std::optional<Request> total_question(const Charge& charge) const override {
        return adapter_->total_question(charge);
    }
    Found total(const Charge& charge, const Result<net::Response>& answer) const override {
        return adapter_->total(charge, answer);
    }

private:
    std::unique_ptr<Adapter> adapter_;
    Capability capability_;
};

Charge charge_from(const Json& json) {
    Charge charge{.id = text(json, "id"),
                  .account = text(json, "account", "acct_1"),
                  .meter = "call.duration_ms",
                  .item = text(json, "item", "minutes"),
                  .kind = text(json, "kind", "usage"),
                  .window = text(json, "window"),
                  .time = *parse_rfc3339(text(json, "window").substr(0, 16) + ":00.000Z"),
                  .quantity = json.find("quantity")->as_integer().value_or(0),
                  .amount = text(json, "amount", "1000"),
                  .currency = "EUR",
                  .card = "standard",
                  .card_version = 1,
                  .corrects = {},
                  .recorded = *parse_rfc3339(text(json, "recorded"))};
    return charge;
}

void say(contract::JsonWriter& json) {
    std::puts(json.take().c_str());
    std::fflush(stdout);
}

class Probe final : public Ledger {
public:
    explicit Probe(const Json& sink)
        : adapter_(std::make_unique<Hurried>(adapter_of(sink), Millis(0))) {
        thread_ = std::thread([this] { loop_.run(); });
        LaneOptions options;
        options.retry.first = millis(sink, "firstMs", Millis(20));
        options.retry.most = millis(sink, "mostMs", Millis(100));
        options.circuit.first = millis(sink, "circuitMs", Millis(50));
        options.circuit.most = millis(sink, "circuitMostMs", Millis(200));
        options.throttle = Millis(50);
        on_loop([&] {
            http_ = *net::HttpClient::create(loop_, worker_, {});
            if (text(sink, "kind") == "jsonl") {
                courier_ = std::make_unique<FileCourier>(loop_, worker_, text(sink, "file"));
            } else {
                courier_ = std::make_unique<HttpCourier>(
                    *http_,
                    HttpCourierOptions{.url = text(sink, "url"),
                                       .egress = net::Egress::anywhere,
                                       .timeout = millis(sink, "timeoutMs", Millis(5'000))});
            }
            publisher_ = std::make_unique<Publisher>(loop_, random_, *adapter_, *courier_, *this,
                                                     "probed", options);
        });
    }
    ~Probe() override {
        on_loop([&] {
            publisher_.reset();
            http_.reset();
        });
        loop_.stop();
        thread_.join();
    }

    void hear(const std::string& line) {
        on_loop([&] {
            const std::size_t space = std::min(line.find(' '), line.size());
            const std::string word = line.substr(0, space);
            const std::string rest = line.substr(std::min(space + 1, line.size()));
            const WallTime now = loop_.clock().wall();
            if (word == "redrive") return answer(word, publisher_->redrive(rest));
            if (word == "discard") return answer(word, publisher_->discard(rest));
            if (word == "status") return status();
            if (word == "resume") return publisher_->resume();
            if (word == "ledger") return void(ledger_works_ = rest == "works");
            const Charge charge = charge_from(*Json::parse(rest));
            if (word == "add") return publisher_->add(charge, fresh(now));
            if (word == "reopen") return publisher_->add(charge, reopened(charge, now));
            auto request =
                word == "question" ? adapter_->question(charge) : adapter_->total_question(charge);
            courier_->carry(*request, [this, word, charge](const Result<net::Response>& response) {
                contract::JsonWriter json;
                json.object().key("event").value(word);
                json.key("status").value(response ? response->status : 0);
                const Found found = word == "question" ? adapter_->found(charge, response)
                                                       : adapter_->total(charge, response);
                json.key("what").value(static_cast<int>(found.what)).key("sum").value(found.sum);
                json.end();
                say(json);
            });
        });
    }

    void completed(const Charge& charge, const Delivery& delivery, Written done) override {
        contract::JsonWriter json;
        json.object().key("event").value("completed").key("id").value(charge.id);
        json.key("outcome").value(delivery.stage == Delivery::Stage::delivered ? "delivered"
                                                                               : "duplicate");
        json.key("attempts").value(delivery.sends).end();
        if (ledger_works_) known_[charge.account + charge.item + charge.window] += charge.quantity;
        write(std::move(done), json.take());
    }
    void parked(const Charge& charge, const Delivery& delivery, Written done) override {
        contract::JsonWriter json;
        json.object().key("event").value("parked").key("id").value(charge.id);
        json.key("because").value(to_text(delivery.because));
        json.key("attempts").value(delivery.sends).key("status").value(delivery.status);
        json.key("message").value(delivery.message).end();
        write(std::move(done), json.take());
    }
    void counted(const Charge& charge, Counted done) override {
        const auto found = known_.find(charge.account + charge.item + charge.window);
        loop_.post([known = found == known_.end() ? 0 : found->second,
                    done = std::move(done)]() mutable { done(known); });
    }

private:
    void answer(const std::string& word, const Status& status) {
        contract::JsonWriter json;
        json.object().key("event").value(word);
        json.key("reason").value(status ? "" : status.error().reason).end();
        say(json);
    }
    void status() {
        const Lane& lane = publisher_->lane();
        contract::JsonWriter json;
        json.object().key("event").value("status").key("stopped").value(lane.stopped());
        json.key("circuit").value(lane.circuit().why());
        json.key("entries").value(lane.entries().size()).end();
        say(json);
    }
    // Said once the publisher has heard that it is written: what is asked of it next finds it so.
    void write(Written done, std::string line) {
        loop_.post([this, works = ledger_works_, done = std::move(done),
                    line = std::move(line)]() mutable {
            if (works) {
                done({});
            } else {
                done(fail(Code::unavailable, "storage_unavailable", "the disk is full"));
                contract::JsonWriter json;
                json.object().key("event").value("stopped");
                json.key("why").value(publisher_->lane().stopped()).end();
                line = json.take();
            }
            std::puts(line.c_str());
            std::fflush(stdout);
        });
    }
    template <class Call>
    void on_loop(Call call) {
        std::promise<void> done;
        loop_.post([&] {
            call();
            done.set_value();
        });
        done.get_future().wait();
    }

    std::unique_ptr<Adapter> adapter_;
    AsioLoop loop_;
    ThreadWorker worker_{"sinks"};
    SystemRandom random_;
    std::thread thread_;
    std::unique_ptr<net::HttpClient> http_;
    std::unique_ptr<Courier> courier_;
    std::unique_ptr<Publisher> publisher_;
    bool ledger_works_ = true;
    std::map<std::string, std::int64_t> known_;
};

}  // namespace
}  // namespace lifeline::sinks

int main() {
    lifeline::log::configure(lifeline::log::Level::error, lifeline::log::Format::text);
    std::string line;
    if (!std::getline(std::cin, line)) return 2;
    const auto sink = lifeline::contract::Json::parse(line);
    if (!sink) return 2;
    lifeline::sinks::Probe probe(*sink);
    while (std::getline(std::cin, line)) probe.hear(line);
}
