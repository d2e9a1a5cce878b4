#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/virtual_loop.h"
#include "contract/event.h"
#include "gateway/lane.h"
#include "gateway/rates.h"
#include "journal/memory_journal.h"
#include "net/fake_socket.h"
#include "session/documents.h"
#include "session/sessions.h"

// For tests: one lane with a call in it, and clients at the far end of fake wires.
namespace lifeline::gateway {

// What one client sends and what it is told.
class RoomClient final : net::SocketHandler, net::WebSocketSink {
public:
    RoomClient(Loop& loop, net::FakeLane lane = {}) : wire(loop, lane) {
        socket_ = wire.take(net::FakeWire::End::left);
        socket_->attach(this);
        socket_->want_readable();
    }
    void text(std::string_view json) {
        std::string frame;
        net::append_masked_frame(frame, net::Opcode::text, json, {1, 2, 3, 4});
        bytes(frame);
    }
    void bytes(std::string_view raw) { (void)socket_->send(raw); }
    void note(int n) {
        text(R"({"op":"publish","event":)" +
             contract::event_json("note-" + std::to_string(n), "sess_1", "2026-02-16T10:00:00.000Z",
                                  "x.note", "{}") +
             "}");
    }
    void leave() { socket_->close(); }
    // How many frames have this in them.
    int heard(std::string_view what) const {
        int times = 0;
        for (const auto& frame : frames) times += frame.find(what) != std::string::npos ? 1 : 0;
        return times;
    }

    net::FakeWire wire;
    std::vector<std::string> frames;
    std::uint16_t closed = 0;
    bool answers_pings = true;
    bool reads_by_itself = true;
    // So many bytes, for a client that does not read by itself.
    void read(std::size_t bytes_max) {
        std::array<char, 4096> buffer;
        while (bytes_max > 0) {
            const auto io =
                socket_->receive(std::span(buffer).first(std::min(bytes_max, buffer.size())));
            if (io.status == net::Io::Status::again) return socket_->want_readable();
            if (io.status == net::Io::Status::closed) return;
            bytes_max -= io.bytes;
            decoder_.feed({buffer.data(), io.bytes}, *this);
        }
    }

private:
    void on_readable() override {
        if (reads_by_itself) read(SIZE_MAX);
    }
    void on_writable() override {}
    Flow on_text(std::string_view message) override {
        frames.emplace_back(message);
        return Flow::go_on;
    }
    Flow on_binary(std::string_view) override { return Flow::go_on; }
    Flow on_ping(std::string_view) override {
        if (!answers_pings) return Flow::go_on;
        std::string frame;
        net::append_masked_frame(frame, net::Opcode::pong, "", {1, 2, 3, 4});
        bytes(frame);
        return Flow::go_on;
    }
    Flow on_pong(std::string_view) override { return Flow::go_on; }
    void on_close(std::uint16_t code, std::string_view) override { closed = code; }

    std::unique_ptr<net::Socket> socket_;
    net::WebSocketDecoder decoder_{net::WebSocketDecoder::Side::client, 1 << 20};
};

// Ada's call, with a bot in it and a helper whom the server runs; created, and without a
// connection.
class RoomHouse {
public:
    explicit RoomHouse(Limits with = {})
        : journal(loop.clock()), limits(with), sessions({&loop}, journal) {
        call::Create create;
        create.owner_id = "ada";
        create.account_id = "acct_1";
        create.channel = "text";
        create.connect_timeout = std::chrono::hours(1);
        create.max_duration = std::chrono::hours(3);
        create.reconnect_window = std::chrono::hours(1);
        create.members = {{"ada", contract::Role::user, ""},
                          {"bot", contract::Role::agent, ""},
                          {"helper", contract::Role::agent, ""}};
        sessions.submit("sess_1", {create, {"user", "ada"}, contract::Role::user}, loop,
                        [](Result<session::Receipt> made) { ASSERT_TRUE(made.has_value()); });
        loop.run();
    }
    static identity::Principal principal(std::string user,
                                         contract::Role role = contract::Role::user) {
        identity::Principal principal;
        principal.user_id = std::move(user);
        principal.account_id = "acct_1";
        principal.role = role;
        principal.expires_at = WallTime::max();
        return principal;
    }
    // On a line of its own, or going on with `line`, whose last connection was `continues`.
    std::unique_ptr<RoomClient> connect(const std::string& user, net::FakeLane wire = {},
                                        std::optional<Generation> line = {},
                                        std::optional<Generation> continues = {}) {
        auto client = std::make_unique<RoomClient>(loop, wire);
        client->reads_by_itself = clients_read;
        sessions.home("sess_1").with(
            "sess_1", session::Shard::Missing::refuse, [&](Result<session::Actor*> actor) {
                ASSERT_TRUE(actor.has_value());
                Admission admission;
                admission.principal = principal(user);
                admission.principal.expires_at = expires_at_;
                admission.role = contract::Role::user;
                admission.generation = lane.next_generation();
                admission.line = line.value_or(admission.generation);
                admission.continues = continues;
                admission.publishes = publishing(admission.principal);
                lane.room(**actor).enter(client->wire.take(net::FakeWire::End::right),
                                         std::move(admission), "");
            });
        loop.run();
        return client;
    }
    std::shared_ptr<SharedBucket> publishing(const identity::Principal& principal,
                                             std::string_view session = "sess_1") {
        return rates.publishing(principal, session, loop.clock().steady()).value();
    }
    // Of the access tokens of those who connect from here on.
    void expires_in(Millis life) { expires_at_ = loop.clock().wall() + life; }
    // Some field of the call's state, now.
    template <class Look>
    auto look(Look at) {
        decltype(at(std::declval<const call::State&>())) seen{};
        sessions.home("sess_1").with(
            "sess_1", session::Shard::Missing::refuse,
            [&](Result<session::Actor*> actor) { seen = at((*actor)->state()); });
        loop.run();
        return seen;
    }
    bool connected(const std::string& user) {
        return look([&](const call::State& state) { return state.participant(user)->connected; });
    }

    bool clients_read = true;  // Those who connect from here on, by themselves.
    // Who holds a token, when a client refreshes.
    std::map<std::string, identity::Principal, std::less<>> tokens;

    VirtualLoop loop;
    journal::MemoryJournal journal;
    Limits limits;
    Rates rates{limits};
    RetryPolicy retry;
    session::Sessions sessions;
    session::Documents documents{{&loop}, journal};
    ResumeTokens resume_tokens{Secret<Digest>(Digest{1, 2, 3})};
    Lane::House house{limits,
                      retry,
                      resume_tokens,
                      "memory",
                      7,
                      [this](std::string token, Loop&, journal::Done<identity::Principal> done) {
                          const auto found = tokens.find(token);
                          if (found == tokens.end())
                              return done(fail(Code::unauthenticated, "token_invalid", "unknown"));
                          done(found->second);
                      },
                      nullptr,
                      &documents,
                      {"helper"}};
    Lane lane{*sessions.shards().front(), house};

private:
    WallTime expires_at_ = WallTime::max();
};

}  // namespace lifeline::gateway
