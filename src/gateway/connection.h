#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/loop.h"
#include "base/shared_bucket.h"
#include "contract/frames.h"
#include "contract/role.h"
#include "delivery/reader.h"
#include "gateway/generation.h"
#include "gateway/limits.h"
#include "gateway/occupancy.h"
#include "gateway/subscription.h"
#include "gateway/token_bucket.h"
#include "identity/principal.h"
#include "net/socket.h"
#include "net/websocket.h"
#include "session/actor.h"

namespace lifeline::gateway {

class CallRoom;

// What was decided about a client before its connection exists.
struct Admission {
    identity::Principal principal;
    contract::Role role = contract::Role::viewer;  // In this call.
    std::uint64_t cursor = 0;
    bool resumed = false;
    std::string connection_id;
    std::string request_id;
    Generation generation = {};
    Generation line = {};                      // The generation of its line's first connection.
    std::optional<Generation> continues = {};  // Which connection's token was shown.
    // There are older connections of its line, ghosts perhaps, which it is going to take over.
    Occupancy::Comes comes = Occupancy::Comes::anew;
    Occupancy::Seat seat = {};
    std::shared_ptr<SharedBucket> publishes = {};  // What its user may publish; of all their doors.
};

// One client's WebSocket in one call. Frames come in, are checked and become commands; a refusal is
// answered with an error frame, success with nothing: the event itself comes by with its seq. Out
// goes what its reader's cursor has not passed, sent straight from the call's frames; only control
// frames have a buffer of their own. Owned by its CallRoom, lives on the call's loop.
class Connection final : net::SocketHandler,
                         net::WebSocketSink,
                         delivery::Outlet,
                         SubscriptionOutlet {
public:
    Connection(CallRoom& room, std::unique_ptr<net::Socket> socket, Admission admission,
               const Limits& limits);
    ~Connection();

    // Sends hello and begins to read; `received` is what came right behind the upgrade request.
    void start(std::string received);

    // Says bye and closes, politely. Safe from anywhere: the object lives on until the room's next
    // sweep.
    void close(contract::CloseCode code, std::string_view reason, std::string_view terminal = {});
    void close(const Error& why);
    // The newer connection of its line has taken over.
    void superseded_by(const Generation& winner);
    // Asks the client to move, and closes it at `deadline` if it has not: draining.
    void send_away(Millis after, Millis jitter, SteadyTime deadline);
    // The call is over: closes as soon as everything was delivered.
    void finish();

    // Once in a while: pings, and gives up what has been silent or stuck for too long.
    void tick(SteadyTime now, WallTime wall);

    const Admission& admission() const { return admission_; }
    // Why it closed, in a word for the call's record.
    const std::string& loss() const { return loss_; }
    bool closed() const { return socket_ == nullptr; }
    // Since when it has been reading what others have seen; nothing while it is live.
    std::optional<SteadyTime> behind_since() const { return behind_since_; }

private:
    // net::SocketHandler
    void on_readable() override;
    void on_writable() override;
    // net::WebSocketSink
    Flow on_text(std::string_view message) override;
    Flow on_binary(std::string_view message) override;
    Flow on_ping(std::string_view payload) override;
    Flow on_pong(std::string_view payload) override;
    void on_close(std::uint16_t code, std::string_view reason) override;
    // delivery::Outlet
    bool ready() const override;
    std::size_t send(std::string_view frames) override;
    void keep(std::string_view rest) override;
    void replayed(std::uint64_t seq) override;
    void caught_up() override;
    void falls_behind() override;
    void read_failed(const Error& error) override;

    // SubscriptionOutlet
    bool may_send() const override;
    void say_of_document(std::string_view json) override;
    void subscription_ended(Subscription& subscription, const Error& error) override;

    void say_hello();
    void say_bye(contract::ByeFrame bye);
    std::string resume_token(WallTime now);
    // The client knows of this connection.
    void heard_from();
    void acknowledged(std::uint64_t seq);
    void refresh(std::string token);
    void refreshed(Result<identity::Principal> principal);
    void keep_tokens_fresh(WallTime now);
    void note_lag(SteadyTime now);
    void take(std::span<char> bytes);
    // False when it was one too many: then the connection is closed.
    bool charge();
    void receive();
    void publish(contract::Event event);
    // Whether its sender is shown the event with the next that is sent.
    enum class Shown { next, later_or_not };
    void published(const std::string& event_id, Result<session::Receipt> receipt, Shown shown);
    void accepted(std::string_view event_id, std::uint64_t seq, bool duplicate = false);
    void publish_to_document(contract::Event event);
    void subscribe(const std::string& stream, std::uint64_t after, const std::string& epoch);
    void unsubscribe(std::string_view stream);
    void refuse_stream(const std::string& stream, const Error& error);
    Subscription* subscription(std::string_view stream);
    document::Caller document_caller() const;
    void pump_documents(std::size_t most);
    void refuse(std::string_view event_id, const Error& error);
    // A control frame, in order behind what was begun.
    void say(std::string_view json);
    void enqueue(net::Opcode opcode, std::string_view payload);
    void flush();
    void want_writable();
    void hang_up(std::uint16_t code, std::string_view reason);

    CallRoom& room_;
    std::unique_ptr<net::Socket> socket_;
    Admission admission_;
    const Limits& limits_;
    net::WebSocketDecoder decoder_;
    std::optional<delivery::Reader> reader_;
    std::vector<std::unique_ptr<Subscription>> subscriptions_;
    TokenBucket frames_;  // What it may send, of whatever kind.
    TokenBucket bytes_;   // And how much.
    std::string out_;     // Control frames and the rest of a frame that was begun.
    // Its own events that are about to be sent to it, and may be left out should it fall behind
    // now.
    struct Unshown {
        std::string event_id;
        std::uint64_t seq = 0;
    };
    std::vector<Unshown> unshown_;
    int in_flight_ = 0;
    bool paused_ = false;  // Too many publishes are in flight; the socket is not read.
    bool finishing_ = false;
    bool heard_of_ = false;    // By its client: it has sent a frame.
    bool refreshing_ = false;  // A new access token is being checked.
    bool expiry_told_ = false;
    WallTime resume_until_;                   // When the last resume token expires.
    std::optional<SteadyTime> behind_since_;  // As of the last ticks.
    std::optional<SteadyTime> away_by_;       // When it is closed, draining.
    std::string loss_;
    bool waiting_writable_ = false;
    SteadyTime heard_;  // The last byte in.
    SteadyTime pinged_;
    SteadyTime cut_since_;        // Since when it is inside of one message; meaningful while it is.
    bool message_ended_ = false;  // By the bytes that are being taken.
    SteadyTime stuck_since_;      // Since when the socket takes nothing; meaningful while waiting.
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::gateway
