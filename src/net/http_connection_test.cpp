#include "net/http_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "base/virtual_loop.h"
#include "net/fake_socket.h"

namespace lifeline::net {
namespace {

using End = FakeWire::End;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr HttpLimits limits{.head_deadline = std::chrono::seconds(10),
                            .body_deadline = std::chrono::seconds(30),
                            .idle_timeout = std::chrono::seconds(60),
                            .write_timeout = std::chrono::seconds(20),
                            .stream_buffer_bytes = 1000};

// A server of one connection on virtual time, and the client at the other end of the wire.
class House final : public HttpConnection::Owner, public SocketHandler {
public:
    explicit House(FakeLane lane = {}) : wire(loop, lane), client_(wire.take(End::right)) {
        auto connection = std::make_shared<HttpConnection>(
            *this, loop, limits, wire.take(End::left), Peer{*IpAddress::parse("192.0.2.7"), 4711});
        connections.insert(connection);
        connection->start();
        client_->attach(this);
        client_->want_readable();
    }
    ~House() {
        exchanges.clear();
        const auto all = std::exchange(connections, {});
        for (const auto& connection : all) connection->abandon();
    }

    void handle(std::shared_ptr<Exchange> exchange) override {
        ++handled;
        if (answer) return answer(*exchange);
        exchanges.push_back(std::move(exchange));
    }
    std::optional<HttpRefusal> seat_client(const Client& client, const Request&,
                                           ConnectionDoor::Seat& seat) override {
        auto taken = door.enter(client.address, ConnectionDoor::Count::by_address);
        if (!taken) return HttpRefusal{503, http_reason::full, "", {}, {}};
        seat = std::move(*taken);
        return std::nullopt;
    }
    const Proxies& proxies() const override { return trusted; }
    HttpCounters& counters() override { return counted; }
    Response render(const HttpRefusal& refusal) override {
        refused_origin = refusal.origin;
        return {refusal.status,
                {{"Content-Type", "text/plain"}},
                std::string(refusal.reason) + " " + refusal.request_id};
    }
    std::string new_request_id() override { return "req_" + std::to_string(++ids_); }
    void finished(HttpConnection& connection) override {
        connections.erase(connection.shared_from_this());
    }

    void send(std::string_view bytes) {
        ASSERT_EQ(client_->send(bytes).bytes, bytes.size());
        loop.run();
    }
    // What has come since the last time.
    std::string received() {
        loop.run();
        return std::exchange(inbox_, {});
    }
    Exchange& last() { return *exchanges.back(); }
    HttpConnection& connection() { return **connections.begin(); }
    bool is_over() const { return connections.empty(); }
    void stop_reading() { reads_ = false; }
    void read_again() {
        reads_ = true;
        on_readable();
    }
    void finish_sending() { client_->shutdown_send(); }
    void hang_up() { client_.reset(); }

    void on_readable() override {
        if (!reads_) return;
        for (;;) {
            char buffer[4096];
            const Io io = client_->receive(buffer);
            if (io.status == Io::Status::closed) ended = true;
            if (io.status != Io::Status::ok) break;
            inbox_.append(buffer, io.bytes);
        }
        if (!ended) client_->want_readable();
    }
    void on_writable() override {}

    VirtualLoop loop;
    FakeWire wire;
    std::set<std::shared_ptr<HttpConnection>> connections;
    std::vector<std::shared_ptr<Exchange>> exchanges;
    std::function<void(Exchange&)> answer;
    Proxies trusted;
    ConnectionDoor door{{.total = 9, .per_address = 1}};
    HttpCounters counted;
    int handled = 0;
    bool ended = false;
    std::string refused_origin;

private:
    std::unique_ptr<Socket> client_;
    std::string inbox_;
    bool reads_ = true;
    int ids_ = 0;
};

void say_path(Exchange& exchange) {
    exchange.respond({200, {}, std::string(exchange.request().path())});
}

const std::string get_a = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string get_b = "GET /b HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(HttpConnection, AnAnswerCarriesWhatTheServerAdds) {
    House house;
    house.answer = [](Exchange& exchange) {
        exchange.respond({201, {{"X-Word", "a\r\nSet-Cookie: evil=1"}}, "made"});
    };
    house.send(get_a);
    EXPECT_EQ(house.received(),
              "HTTP/1.1 201 Created\r\n"
              "X-Word: a  Set-Cookie: evil=1\r\n"
              "Request-Id: req_1\r\n"
              "X-Content-Type-Options: nosniff\r\n"
              "Date: Mon, 16 Feb 2026 10:00:00 GMT\r\n"
              "Content-Length: 4\r\n"
              "\r\n"
              "made");
    EXPECT_FALSE(house.is_over());
}

TEST(HttpConnection, AProxysClientHasAPlaceWhileItsRequestIsHandled) {
    House house;
    house.trusted.trusted = {*IpRange::parse("192.0.2.0/24")};
    const auto ask = [&](const char* client) {
        house.send(std::string("GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ") + client +
                   "\r\n\r\n");
    };
    ask("203.0.113.1");
    EXPECT_EQ(house.last().client().address.text(), "203.0.113.1");
    EXPECT_EQ(house.last().peer().address.text(), "192.0.2.7");
    const auto is_counted = [&] {
        return !house.door.enter(*IpAddress::parse("203.0.113.1"),
                                 ConnectionDoor::Count::by_address);
    };
    EXPECT_TRUE(is_counted());
    say_path(house.last());
    EXPECT_FALSE(is_counted());

    const auto elsewhere =
        house.door.enter(*IpAddress::parse("203.0.113.1"), ConnectionDoor::Count::by_address);
    ask("203.0.113.1");
    EXPECT_EQ(house.handled, 1) << "as many as one address may have";
    EXPECT_THAT(house.received(), HasSubstr("HTTP/1.1 503 "));
    EXPECT_TRUE(house.is_over());
}

TEST(HttpConnection, ARefusalKnowsTheOriginItIsFor) {
    const std::string origin = "Origin: https://app.example\r\n";
    struct Case {
        const char* name;
        std::string sent;
        const char* then;
    };
    const Case cases[] = {
        {"two lengths",
         "POST /a HTTP/1.1\r\nHost: x\r\n" + origin +
             "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
         "https://app.example"},
        {"broken syntax", "GET /a HTTP/1.1\r\nHost: x\r\n" + origin + "no header\r\n\r\n",
         "https://app.example"},
        {"a body too large",
         "POST /a HTTP/1.1\r\nHost: x\r\n" + origin + "Content-Length: 99999999\r\n\r\n",
         "https://app.example"},
        {"a head too large",
         "GET /a HTTP/1.1\r\nHost: x\r\n" + origin + "X: " + std::string(20'000, 'x'),
         "https://app.example"},
        {"a body that never came",
         "POST /a HTTP/1.1\r\nHost: x\r\n" + origin + "Content-Length: 5\r\n\r\n",
         "https://app.example"},
        {"a head that never ended", "GET /a HTTP/1.1\r\nHost: x\r\n" + origin,
         "https://app.example"},
        {"half an origin", "GET /a HTTP/1.1\r\nHost: x\r\nOrigin: https://app.exam", ""},
        {"none", "GET /a HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n", ""},
    };
    for (const auto& [name, sent, then] : cases) {
        SCOPED_TRACE(name);
        House house({.capacity = 64 * 1024});
        house.refused_origin = "unrefused";
        house.send(sent);
        house.loop.run_for(std::chrono::seconds(31));
        EXPECT_EQ(house.refused_origin, then);
    }
}

TEST(HttpConnection, OneAfterTheOther) {
    House house;
    house.send(get_a + get_b + "GET /c HTTP/1.1\r\nHost: x\r\n");
    EXPECT_EQ(house.handled, 1);
    EXPECT_EQ(house.received(), "");
    say_path(house.last());
    EXPECT_THAT(house.received(), EndsWith("\r\n\r\n/a"));
    EXPECT_EQ(house.handled, 2);
    house.send("\r\n");
    EXPECT_EQ(house.handled, 2);
    say_path(house.last());
    EXPECT_EQ(house.handled, 3);
    say_path(house.last());
    EXPECT_THAT(house.received(), EndsWith("\r\n\r\n/c"));
}

TEST(HttpConnection, ManyAheadAreAnsweredInOrderWithoutRecursion) {
    House house;
    house.answer = say_path;
    std::string ahead;
    for (int i = 0; i < 400; ++i) ahead += get_a + get_b;
    house.send(ahead);
    EXPECT_EQ(house.handled, 800);
    const std::string all = house.received();
    EXPECT_LT(all.find("\r\n\r\n/aHTTP"), all.find("\r\n\r\n/bHTTP"));
    EXPECT_THAT(all, EndsWith("/b"));
}

TEST(HttpConnection, WhatComesAheadIsLeftToTheKernel) {
    House house;
    house.send(get_a);
    for (int i = 0; i < 3; ++i) house.send(std::string(16 * 1024, 'x'));
    EXPECT_GE(house.wire.unreceived_bytes(End::right), 16u * 1024);
    say_path(house.last());
    EXPECT_THAT(house.received(), HasSubstr("HTTP/1.1 4"));  // It was no request.
    EXPECT_TRUE(house.ended);
}

TEST(HttpConnection, NoBodyForAHeadAndNoLengthForANoContent) {
    House house;
    house.answer = say_path;
    house.send("HEAD /abc HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string head = house.received();
    EXPECT_THAT(head, HasSubstr("Content-Length: 4\r\n"));
    EXPECT_THAT(head, EndsWith("\r\n\r\n"));
    house.answer = [](Exchange& exchange) { exchange.respond({204, {}, ""}); };
    house.send(get_a);
    const std::string no_content = house.received();
    EXPECT_THAT(no_content, StartsWith("HTTP/1.1 204 No Content\r\n"));
    EXPECT_THAT(no_content, Not(HasSubstr("Content-Length")));
}

TEST(HttpConnection, AfterACloseIsAskedForItCloses) {
    for (const char* request :
         {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
        House house;
        house.answer = say_path;
        house.send(request);
        EXPECT_THAT(house.received(), HasSubstr("Connection: close\r\n"));
        EXPECT_TRUE(house.ended);
        EXPECT_TRUE(house.is_over());
    }
}

TEST(HttpConnection, ARefusalIsRenderedAndEndsTheConnection) {
    House house;
    house.answer = say_path;
    house.send("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n" + get_a);
    const std::string reply = house.received();
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n"));
    EXPECT_THAT(reply, HasSubstr("Request-Id: req_1\r\n"));
    EXPECT_THAT(reply, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
    EXPECT_THAT(reply, EndsWith("\r\n\r\nrequest_invalid req_1"));
    EXPECT_EQ(house.handled, 0);
    EXPECT_TRUE(house.ended);
}

TEST(HttpConnection, AfterAnUpgradeThatIsRefusedNothingIsReadAsARequest) {
    House house;
    house.answer = [](Exchange& exchange) { exchange.respond({403, {}, "no"}); };
    house.send("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" +
               get_a);
    EXPECT_THAT(house.received(), HasSubstr("Connection: close\r\n"));
    EXPECT_EQ(house.handled, 1);
    EXPECT_TRUE(house.ended);
}

TEST(HttpConnection, GoesAheadWhenAskedTo) {
    House house;
    house.answer = [](Exchange& exchange) { exchange.respond({200, {}, exchange.request().body}); };
    const std::string head =
        "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
    house.send(head);
    EXPECT_EQ(house.received(), "HTTP/1.1 100 Continue\r\n\r\n");
    house.send("hello");
    EXPECT_THAT(house.received(), EndsWith("hello"));
    house.send(head + "there");  // Did not wait.
    EXPECT_THAT(house.received(), StartsWith("HTTP/1.1 200 OK\r\n"));
    house.send(
        "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n"
        "Expect: 100-continue\r\n\r\n");
    EXPECT_THAT(house.received(), StartsWith("HTTP/1.1 413 "));
}

TEST(HttpConnection, AHeadThatTricklesInRunsOutOfTimeInTotal) {
    House house;
    house.send("G");
    for (int second = 1; second < 10; ++second) {
        house.loop.run_for(std::chrono::seconds(1));
        house.send("E");
    }
    EXPECT_FALSE(house.ended);
    house.loop.run_for(std::chrono::seconds(1));
    EXPECT_THAT(house.received(), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
    EXPECT_TRUE(house.ended);
}

TEST(HttpConnection, TheFirstHeadsTimeBeginsWithTheConnection) {
    House house;
    house.loop.run_for(Millis(9'999));
    house.send("GET");
    EXPECT_FALSE(house.ended);
    house.loop.run_for(Millis(1));
    EXPECT_THAT(house.received(), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
    EXPECT_EQ(house.counted.timed_out, 1u);
}

TEST(HttpConnection, SayingNothingIsNoWayToStay) {
    House house;
    house.loop.run_for(Millis(9'999));
    EXPECT_FALSE(house.is_over());
    house.loop.run_for(Millis(1));
    EXPECT_TRUE(house.is_over());
    EXPECT_EQ(house.received(), "");
}

TEST(HttpConnection, ABodyThatTricklesInRunsOutOfTimeInTotal) {
    House house;
    house.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
    for (int second = 1; second < 30; ++second) {
        house.loop.run_for(std::chrono::seconds(1));
        house.send("b");
    }
    EXPECT_FALSE(house.ended);
    house.loop.run_for(std::chrono::seconds(1));
    EXPECT_THAT(house.received(), StartsWith("HTTP/1.1 408 "));
}

TEST(HttpConnection, AnIdleConnectionIsClosedWithoutAWord) {
    House house;
    house.answer = say_path;
    house.send(get_a);
    house.received();
    house.loop.run_for(Millis(59'999));
    house.send(get_b);  // In time; the clock begins anew.
    EXPECT_THAT(house.received(), EndsWith("/b"));
    house.loop.run_for(Millis(59'999));
    EXPECT_FALSE(house.is_over());
    house.loop.run_for(Millis(1));
    EXPECT_TRUE(house.is_over());
    EXPECT_EQ(house.received(), "");
}

TEST(HttpConnection, AHandlerMayTakeItsTime) {
    House house;
    house.send(get_a);
    house.loop.run_for(std::chrono::hours(1));
    say_path(house.last());
    EXPECT_THAT(house.received(), EndsWith("/a"));
}

TEST(HttpConnection, AReaderThatTakesNothingIsGivenUp) {
    House house(FakeLane{.capacity = 1000});
    house.stop_reading();
    house.answer = [](Exchange& exchange) { exchange.respond({200, {}, std::string(5000, 'a')}); };
    house.send(get_a);
    house.loop.run_for(Millis(19'999));
    EXPECT_FALSE(house.is_over());
    house.loop.run_for(Millis(1));
    EXPECT_TRUE(house.is_over());
}

TEST(HttpConnection, AReaderThatTakesALittleIsNot) {
    House house(FakeLane{.capacity = 1000});
    house.answer = [](Exchange& exchange) { exchange.respond({200, {}, std::string(5000, 'a')}); };
    house.stop_reading();
    house.send(get_a);
    for (int i = 0; i < 6; ++i) {
        house.loop.run_for(Millis(15'000));
        house.read_again();
        house.stop_reading();
        house.loop.run();
    }
    house.read_again();
    EXPECT_THAT(house.received(), EndsWith("aaaa"));
    EXPECT_FALSE(house.is_over());
}

TEST(HttpConnection, AnExchangeThatIsDroppedAnswers500) {
    House house;
    house.send(get_a);
    house.exchanges.clear();
    EXPECT_THAT(house.received(), StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
    EXPECT_TRUE(house.ended);
}

TEST(HttpConnection, AnAnswerToAClientThatLeftGoesNowhere) {
    House house;
    house.send(get_a);
    house.hang_up();
    house.loop.run();
    say_path(house.last());
    house.loop.run_for(std::chrono::seconds(2));
    EXPECT_TRUE(house.is_over());
}

TEST(HttpConnection, AClientThatOnlyFinishedSendingIsAnswered) {
    House house;
    house.send(get_a);
    house.finish_sending();
    house.loop.run();
    say_path(house.last());
    EXPECT_THAT(house.received(), EndsWith("/a"));
}

TEST(HttpConnection, DrainAnswersWhatWasAskedAndClosesWhatIsIdle) {
    House idle;
    idle.connection().drain();
    idle.loop.run();
    EXPECT_TRUE(idle.is_over());

    House busy;
    busy.send(get_a);
    busy.connection().drain();
    say_path(busy.last());
    const std::string reply = busy.received();
    EXPECT_THAT(reply, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(reply, EndsWith("/a"));
    EXPECT_TRUE(busy.is_over());
}

TEST(HttpConnection, AStreamIsChunkedAndATurnsPiecesLeaveTogether) {
    House house;
    house.send(get_a);
    auto stream = house.last().stream({200, {{"Content-Type", "application/x-ndjson"}}, {}});
    stream->write("{}\n");
    stream->write("");
    stream->write("0123456789abcdef");
    EXPECT_THAT(house.received(), EndsWith("Transfer-Encoding: chunked\r\n\r\n"
                                           "3\r\n{}\n\r\n10\r\n0123456789abcdef\r\n"));
    stream->end();
    EXPECT_EQ(house.received(), "0\r\n\r\n");
    house.answer = say_path;
    house.send(get_b);  // And the connection goes on.
    EXPECT_THAT(house.received(), EndsWith("/b"));
}

TEST(HttpConnection, AStreamToHttp10EndsWithTheConnection) {
    House house;
    house.send("GET / HTTP/1.0\r\n\r\n");
    auto stream = house.last().stream({200, {}, {}});
    stream->write("all of it");
    stream->end();
    const std::string reply = house.received();
    EXPECT_THAT(reply, Not(HasSubstr("chunked")));
    EXPECT_THAT(reply, EndsWith("\r\n\r\nall of it"));
    EXPECT_TRUE(house.ended);
}

TEST(HttpConnection, AStreamIsToldToWaitAndWhenToGoOn) {
    using Flow = ResponseStream::Flow;
    House house(FakeLane{.capacity = 500});
    house.stop_reading();
    house.send(get_a);
    auto stream = house.last().stream({200, {}, {}});
    int drained = 0;
    stream->on_drained([&] { ++drained; });
    EXPECT_EQ(stream->write(std::string(400, 'a')), Flow::go_on);
    EXPECT_EQ(stream->write(std::string(900, 'b')), Flow::wait);
    house.loop.run();
    EXPECT_EQ(drained, 0);
    house.read_again();
    house.loop.run();
    EXPECT_EQ(drained, 1);
    EXPECT_EQ(stream->write("c"), Flow::go_on);
    house.loop.run();
    EXPECT_EQ(drained, 1);  // Only after a wait.
}

TEST(HttpConnection, AStreamLearnsThatItsReaderLeft) {
    House house;
    house.send(get_a);
    auto stream = house.last().stream({200, {}, {}});
    int closed = 0;
    stream->on_closed([&] { ++closed; });
    house.loop.run_for(std::chrono::hours(1));  // Quiet is not gone.
    EXPECT_EQ(closed, 0);
    house.hang_up();
    house.loop.run();
    EXPECT_EQ(closed, 1);
    EXPECT_EQ(stream->write("too late"), ResponseStream::Flow::go_on);
    stream->end();
    EXPECT_TRUE(house.is_over());
}

TEST(HttpConnection, AStreamThatIsDroppedBreaksOff) {
    House house;
    house.send(get_a);
    auto stream = house.last().stream({200, {}, {}});
    stream->write("half");
    house.loop.run();
    stream.reset();
    EXPECT_THAT(house.received(), Not(HasSubstr("0\r\n\r\n")));
    EXPECT_TRUE(house.ended);
}

TEST(HttpConnection, AStreamsReaderThatTakesNothingIsGivenUp) {
    House house(FakeLane{.capacity = 500});
    house.stop_reading();
    house.send(get_a);
    auto stream = house.last().stream({200, {}, {}});
    int closed = 0;
    stream->on_closed([&] { ++closed; });
    stream->write(std::string(5000, 'a'));
    house.loop.run_for(Millis(20'000));
    EXPECT_EQ(closed, 1);
    EXPECT_TRUE(house.is_over());
}

TEST(HttpConnection, WhateverTheCutsTheAnswersAreTheSame) {
    const std::string requests =
        get_a + "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" +
        "POST /q HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" +
        get_b;
    std::vector<std::string> replies;
    for (const std::size_t piece : {1u, 2u, 3u, 7u, 1000u}) {
        House house(FakeLane{.piece_max = piece});
        house.answer = say_path;
        for (std::size_t at = 0; at < requests.size(); at += piece) {
            house.send(requests.substr(at, piece));
        }
        replies.push_back(house.received());
        EXPECT_EQ(house.handled, 4);
        EXPECT_EQ(replies.back(), replies.front());
    }
}

}  // namespace
}  // namespace lifeline::net
