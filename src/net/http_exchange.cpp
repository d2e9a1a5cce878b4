#include "net/http_exchange.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/check.h"
#include "net/http_connection.h"

namespace lifeline::net {

namespace {

class PieceStream final : public ResponseStream {
public:
    explicit PieceStream(std::shared_ptr<HttpConnection> connection)
        : connection_(std::move(connection)) {}
    ~PieceStream() override {
        if (connection_) connection_->break_off();
    }
    Flow write(std::string_view bytes) override {
        return connection_ ? connection_->write_piece(bytes) : Flow::go_on;
    }
    void on_drained(Job job) override {
        if (connection_) connection_->on_drained(std::move(job));
    }
    void on_closed(Job job) override {
        if (connection_) connection_->on_closed(std::move(job));
    }
    void end() override {
        if (const auto connection = std::exchange(connection_, nullptr)) connection->end_stream();
    }

private:
    std::shared_ptr<HttpConnection> connection_;  // Null after end().
};

}  // namespace

HttpExchange::HttpExchange(std::shared_ptr<HttpConnection> connection, Request request,
                           Client client)
    : connection_(std::move(connection)),
      request_(std::move(request)),
      client_(std::move(client)) {}

HttpExchange::~HttpExchange() {
    if (answered_) return;
    if (connection_->is_on_loop_thread()) {
        connection_->drop_unanswered(request_);
        return;
    }
    connection_->loop().post([connection = connection_, request = std::move(request_)] {
        connection->drop_unanswered(request);
    });
}

const Peer& HttpExchange::peer() const {
    return connection_->peer();
}

Loop& HttpExchange::loop() {
    return connection_->loop();
}

void HttpExchange::claim() {
    CHECK(!answered_.exchange(true));
}

void HttpExchange::respond(Response response) {
    claim();
    if (connection_->is_on_loop_thread()) {
        return connection_->respond(request_, std::move(response));
    }
    // Not the whole request: whoever called may still be reading it.
    Request answered;
    answered.method = request_.method;
    answered.id = request_.id;
    connection_->loop().post(
        [connection = connection_, request = std::move(answered),
         kept = std::move(response)]() mutable { connection->respond(request, std::move(kept)); });
}

std::unique_ptr<ResponseStream> HttpExchange::stream(Response head) {
    claim();
    connection_->start_stream(request_, std::move(head));
    return std::make_unique<PieceStream>(connection_);
}

Result<Link> HttpExchange::upgrade(Headers headers) {
    claim();
    return connection_->upgrade(headers);
}

std::string format_http_date(WallTime time) {
    static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
    return fmt::format(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[std::chrono::weekday(day).c_encoding()],
        static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
        static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
        clock.seconds().count());
}

}  // namespace lifeline::net
