#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api/reconciliation_desk.h"
#include "app/stream_writer.h"
#include "base/loop.h"
#include "base/webhook_signature.h"
#include "findings/findings.h"
#include "net/http_client.h"

namespace lifeline::app {

// Tells a URL of the operator's what reconciliation has to say, once for each change of state, as
// Standard Webhooks: the same `webhook-id` at every attempt, growing pauses between them. What
// became of it is written down (billing.alert.settled), so that a restart tells nobody twice; what
// is not taken after so many attempts is parked for a person. Lives on `home`.
class AlertSender {
public:
    using Post = std::function<void(net::FetchRequest, net::HttpClient::Done)>;

    struct Parts {
        Loop& home;
        findings::Findings& findings;
        StreamWriter& writer;
        Post post;
    };
    struct Options {
        std::string url;
        WebhookSigner signer = {};
        unsigned attempts = 12;
        Millis timeout = std::chrono::seconds(10);
        Millis retry_first = std::chrono::seconds(1);
        Millis retry_last = std::chrono::hours(1);
        std::size_t in_flight_max = 8;
        // What is older was news once: a URL that is named today is not told of last year.
        std::chrono::hours news_for = std::chrono::hours(7 * 24);
    };
    // What is no finding's: a run that did not come, an hour that is not closed.
    struct Notice {
        std::string id;  // Follows from what it is about.
        std::string type;
        std::string data_json;
    };

    AlertSender(Parts parts, Options options);
    ~AlertSender();
    AlertSender(const AlertSender&) = delete;
    AlertSender& operator=(const AlertSender&) = delete;

    // Looks for what is due; once the view has come up to the journal, and when it has changed.
    void look();
    // Once, even over restarts, unless the view cannot be asked whether it was.
    void tell(Notice notice);
    // One that was given up is told again, with as many attempts as the first time, once it is
    // written who wants it; refused: one that was not, and a notice of what is over by now.
    void resend(api::ReconciliationDesk::Moving moving, Loop& from, journal::Done<void> done);

private:
    struct Message {
        std::string id;
        std::string stream;  // Where it is written what became of it.
        std::string body;
        unsigned attempts = 0;
        bool settled = false;  // Waits for the view to know it.
    };
    using MessagePtr = std::shared_ptr<Message>;

    void resend(const findings::ParkedAlert& parked, const std::string& by,
                journal::Done<void> done);
    void resent(const std::string& id);
    void take(MessagePtr message);
    void send_on();
    void send(const MessagePtr& message);
    void answered(const MessagePtr& message, const Result<net::Response>& answer);
    void settle(const MessagePtr& message, std::string_view state, unsigned status,
                std::string_view said);

    Parts parts_;
    Options options_;
    std::map<std::string, MessagePtr> known_;     // That are not settled as far as the view knows.
    std::map<std::string, std::string> notices_;  // What they say, by their ids.
    std::deque<MessagePtr> waiting_;
    std::size_t in_flight_ = 0;
    bool looking_ = false;
    bool again_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
