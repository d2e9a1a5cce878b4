#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contract/actor.h"
#include "contract/close_code.h"
#include "contract/event.h"
#include "contract/op_list.h"  // enum class Op, one for each client frame of schema/v1/frames.json

// The frames of a WebSocket, one JSON object in each text message. What they mean stands in
// schema/v1/frames.json and docs/protocol.md.
namespace lifeline::contract {

struct ClientFrame {
    Op op = Op::ping;
    std::optional<Event> event = {};          // publish
    std::uint64_t seq = 0;                    // ack
    std::optional<std::uint64_t> acked = {};  // ping: as in ack
    std::string ping_time = {};               // ping: a number, to be handed back as it was written
    std::string token = {};                   // refresh
    std::string stream = {};                  // subscribe, unsubscribe
    std::uint64_t after = 0;                  // subscribe
    std::string epoch = {};                   // subscribe
};

// Reads what clients send; the event of a publish is checked in the same go. Holds its buffers from
// frame to frame; one per thread.
class FrameReader {
public:
    FrameReader();
    ~FrameReader();

    // The pointer of an error begins at the event when that is at fault, else at the frame.
    Result<ClientFrame> read(std::string_view text);

    // After an error: the eventId of the publish, or empty when it could not be read.
    std::string_view event_id() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// Server frames, appended to `out` as JSON text.

struct HelloFrame {
    std::string connection_id = {}, generation = {}, epoch = {};
    std::uint64_t head_seq = 0, oldest_seq = 0;
    bool resumed = false;
    std::uint64_t replay_from = 1, replay_to = 0;
    std::string resume_token = {};  // left out while empty
    std::int64_t resume_window_ms = 0;
    std::uint64_t acked_seq = 0;
    std::int64_t heartbeat_ms = 0;
    struct Limits {
        std::int64_t frame_bytes = 0, event_bytes = 0, events_per_second = 0, events_burst = 0;
        std::int64_t in_flight = 0;
    } limits = {};
    struct Backoff {
        std::int64_t base_ms = 0, cap_ms = 0, floor_ms = 0, give_up_ms = 0;
    } reconnect = {};
    std::string server_time = {};
    struct Session {
        std::string id = {}, status = {}, phase = {}, role = {};
        std::string participant_id = {};  // left out while empty
    } session = {};
};

struct ErrorFrame {
    std::string event_id = {};  // left out while empty
    Error error = {};           // the message is the error's detail, or else its meaning
    std::string stream = {};    // of what a document's subscription came to; left out while empty
};

struct GoawayFrame {
    std::string reason = {};
    std::int64_t deadline_ms = 0, after_ms = 0, jitter_ms = 0;
    bool resume = true;
};

struct ByeFrame {
    CloseCode code = CloseCode::normal;
    std::string reason = {};
    std::string message = {};                  // the reason's meaning while empty
    std::string terminal_event = {};           // JSON of the six keys; left out while empty
    std::chrono::milliseconds retry_after{0};  // left out while 0
    std::string generation = {};  // of the connection that took over; left out while empty
    std::string request_id = {};  // left out while empty
};

enum class SkipReason { superseded, erased };

void append_hello(std::string& out, const HelloFrame& hello);
// The hot one: once for every event, whatever the number of its readers. `event_json` is put in as
// it is. `stream` is empty for the connection's own call.
void append_event_frame(std::string& out, std::uint64_t seq, std::string_view event_json,
                        const Actor& actor, std::string_view cause, std::string_view recorded_at,
                        std::string_view stream = {});
void append_replay_complete(std::string& out, std::uint64_t seq, std::string_view stream = {});
void append_skipped(std::string& out, std::uint64_t from_seq, std::uint64_t to_seq,
                    SkipReason reason, std::string_view stream = {});
void append_accepted(std::string& out, std::string_view event_id, std::uint64_t seq,
                     bool duplicate);
void append_error(std::string& out, const ErrorFrame& frame);
void append_pong(std::string& out, std::string_view ping_time, std::uint64_t head_seq);
void append_token(std::string& out, std::string_view resume_token, std::string_view expires_at);
void append_token_expiring(std::string& out, std::string_view expires_at);
void append_goaway(std::string& out, const GoawayFrame& frame);
void append_bye(std::string& out, const ByeFrame& frame);

// The bye for an error that ends a connection: the close code of its reason, or internal.
ByeFrame bye_for(const Error& error);

}  // namespace lifeline::contract
