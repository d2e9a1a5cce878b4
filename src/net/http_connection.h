#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/loop.h"
#include "net/http_parser.h"
#include "net/http_server.h"
#include "net/socket.h"

namespace lifeline::net {

// One HTTP connection: reads a request, hands it over, writes the answer, reads the next. One
// request at a time: what a client sends ahead waits in the kernel. Knows only Socket and Loop, so
// that its deadlines are tested on virtual time.
//
// Owned by its Owner and by the Exchange that is open; lives on the loop's thread.
class HttpConnection final : public SocketHandler,
                             public std::enable_shared_from_this<HttpConnection> {
public:
    class Owner {
    public:
        virtual void handle(std::shared_ptr<Exchange> exchange) = 0;
        // A place for the client of a trusted proxy, or why there is none.
        virtual std::optional<HttpRefusal> seat_client(const Client& client, const Request& request,
                                                       ConnectionDoor::Seat& seat) = 0;
        virtual const Proxies& proxies() const = 0;
        virtual HttpCounters& counters() = 0;
        virtual Response render(const HttpRefusal& refusal) = 0;
        virtual std::string new_request_id() = 0;
        // The connection is done with its socket, one way or another. It may be destroyed.
        virtual void finished(HttpConnection& connection) = 0;

    protected:
        ~Owner() = default;
    };

    // `owner`, `loop` and `limits` outlive the connection, or abandon() is called before they go.
    enum class Wire : std::uint8_t { plain, tls };
    HttpConnection(Owner& owner, Loop& loop, const HttpLimits& limits,
                   std::unique_ptr<Socket> socket, Peer peer, Wire wire = Wire::plain);
    ~HttpConnection();

    void start();
    // Instead of start(): says why nobody is let in, and closes.
    void turn_away(const HttpRefusal& refusal);
    // Answers what is being read or handled, then closes; closes now if that is nothing.
    void drain();
    // Closes now and forgets the owner.
    void abandon();

    const Peer& peer() const { return peer_; }
    Loop& loop() { return loop_; }
    bool is_on_loop_thread() const { return std::this_thread::get_id() == thread_; }

    // What an Exchange does.
    void respond(const Request& request, Response response);
    void start_stream(const Request& request, Response head);
    Result<Link> upgrade(const Headers& headers);
    void drop_unanswered(const Request& request);

    // What a ResponseStream does.
    ResponseStream::Flow write_piece(std::string_view bytes);
    void end_stream();
    void break_off();
    void on_drained(Job job) { drained_ = std::move(job); }
    void on_closed(Job job) { closed_ = std::move(job); }

    void on_readable() override;
    void on_writable() override { flush(); }

private:
    enum class Phase : std::uint8_t { idle, reading, handling, streaming, finishing, over };

    void process();
    bool read_request();
    void hand_over();
    void refuse(const HttpRefusal& refusal);
    void say_no(const HttpRefusal& refusal);
    void append_head(const Request* request, const Response& response, std::string_view framing);
    void flush();
    void flush_soon();
    void written();
    void next_request();
    void close_politely();
    void close_now();
    void set_deadline(Millis after, void (HttpConnection::*then)());
    void clear_deadline();
    void request_timed_out();

    Owner* owner_;
    Loop& loop_;
    const HttpLimits& limits_;
    std::unique_ptr<Socket> socket_;
    Peer peer_;
    Wire wire_;
    std::thread::id thread_ = std::this_thread::get_id();

    Phase phase_ = Phase::idle;
    std::string input_;
    std::optional<RequestParser> parser_;
    ConnectionDoor::Seat client_seat_;  // While a request of a proxy's client is handled.
    bool greeted_ = false;              // A first request has come whole.
    bool body_begun_ = false;
    bool processing_ = false;
    bool close_after_ = false;  // After the answer that is due.
    bool chunked_ = false;
    bool bodiless_ = false;
    bool awaited_ = false;  // A stream's writer was told to wait.
    bool flush_posted_ = false;

    std::string output_;
    std::size_t sent_ = 0;
    Job drained_;
    Job closed_;
    Loop::TimerId timer_ = 0;  // 0 when there is no deadline.
};

}  // namespace lifeline::net
