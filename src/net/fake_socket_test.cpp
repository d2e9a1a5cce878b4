#include "net/fake_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/virtual_loop.h"

namespace lifeline::net {
namespace {

using End = FakeWire::End;
using Status = Io::Status;

// Reads what comes as soon as it comes, and counts.
class Reader final : public SocketHandler {
public:
    explicit Reader(std::unique_ptr<Socket> socket) : socket_(std::move(socket)) {
        socket_->attach(this);
        socket_->want_readable();
    }
    void on_readable() override {
        ++readable;
        for (;;) {
            char buffer[1024];
            const Io io = socket_->receive(buffer);
            if (io.status == Status::closed) closed = true;
            if (io.status != Status::ok) break;
            text.append(buffer, io.bytes);
            last_piece = io.bytes;
        }
        if (!closed) socket_->want_readable();
    }
    void on_writable() override { ++writable; }
    Socket& socket() { return *socket_; }
    void drop() { socket_.reset(); }

    std::string text;
    std::size_t last_piece = 0;
    int readable = 0;
    int writable = 0;
    bool closed = false;

private:
    std::unique_ptr<Socket> socket_;
};

struct Pair {
    explicit Pair(FakeLane lane = {})
        : wire(loop, lane), left(wire.take(End::left)), right(wire.take(End::right)) {}
    VirtualLoop loop;
    FakeWire wire;
    Reader left;
    Reader right;
};

TEST(FakeSocket, BytesCrossAndCallbacksComeFromTheLoop) {
    Pair pair;
    EXPECT_EQ(pair.left.socket().send("hello"), (Io{Status::ok, 5}));
    EXPECT_EQ(pair.right.readable, 0);
    pair.loop.run();
    EXPECT_EQ(pair.right.readable, 1);
    EXPECT_EQ(pair.right.text, "hello");
    EXPECT_EQ(pair.right.socket().send("you"), (Io{Status::ok, 3}));
    pair.loop.run();
    EXPECT_EQ(pair.left.text, "you");
}

TEST(FakeSocket, CapacityPushesBackUntilThereIsRoom) {
    VirtualLoop loop;
    FakeWire wire(loop, FakeLane{.capacity = 10});
    Reader left(wire.take(End::left));
    const auto right = wire.take(End::right);
    EXPECT_EQ(left.socket().send("0123456789abc"), (Io{Status::ok, 10}));
    EXPECT_EQ(left.socket().send("abc"), (Io{Status::again, 0}));
    left.socket().want_writable();
    loop.run();
    EXPECT_EQ(left.writable, 0);
    char four[4];
    EXPECT_EQ(right->receive(four), (Io{Status::ok, 4}));
    loop.run();
    EXPECT_EQ(left.writable, 1);
    EXPECT_EQ(left.socket().send("abcdef"), (Io{Status::ok, 4}));
    EXPECT_EQ(wire.unreceived_bytes(End::left), 10u);
}

TEST(FakeSocket, ADelayKeepsOrderEvenWhenItShrinks) {
    Pair pair(FakeLane{.delay = Millis(50)});
    pair.left.socket().send("first ");
    pair.wire.set_lane(End::left, FakeLane{.delay = Millis(10)});
    pair.left.socket().send("second");
    pair.loop.run_for(Millis(49));
    EXPECT_EQ(pair.right.text, "");
    pair.loop.run_for(Millis(1));
    EXPECT_EQ(pair.right.text, "first second");
}

TEST(FakeSocket, PiecesSplitWhatIsSentAndReceived) {
    Pair pair(FakeLane{.piece_max = 3});
    EXPECT_EQ(pair.left.socket().send("0123456789"), (Io{Status::ok, 3}));
    pair.loop.run();
    EXPECT_EQ(pair.right.last_piece, 3u);
}

TEST(FakeSocket, AnEndComesAfterWhatWasSent) {
    Pair pair(FakeLane{.delay = Millis(5)});
    pair.left.socket().send("last words");
    pair.left.socket().shutdown_send();
    EXPECT_EQ(pair.left.socket().send("x").status, Status::closed);
    pair.loop.run();
    EXPECT_FALSE(pair.right.closed);
    pair.loop.run_for(Millis(5));
    EXPECT_EQ(pair.right.text, "last words");
    EXPECT_TRUE(pair.right.closed);
    pair.right.socket().send("still heard");
    pair.loop.run_for(Millis(5));
    EXPECT_EQ(pair.left.text, "still heard");
    EXPECT_FALSE(pair.left.closed);
}

TEST(FakeSocket, ClosingWithUnreadInputResetsAsAKernelDoes) {
    VirtualLoop loop;
    FakeWire wire(loop);
    Reader left(wire.take(End::left));
    auto right = wire.take(End::right);
    left.socket().send("never read");
    loop.run();
    right->send("lost");
    right.reset();
    loop.run();
    EXPECT_TRUE(left.closed);
    EXPECT_EQ(left.text, "");
    EXPECT_EQ(left.socket().send("x").status, Status::closed);
}

TEST(FakeSocket, ClosingWithNothingUnreadIsAnOrderlyEnd) {
    Pair pair;
    pair.right.socket().send("goodbye");
    pair.right.drop();
    EXPECT_TRUE(pair.wire.is_closed(End::right));
    pair.loop.run();
    EXPECT_EQ(pair.left.text, "goodbye");
    EXPECT_TRUE(pair.left.closed);
}

TEST(FakeSocket, SendingToWhoHasClosedIsAnsweredByAReset) {
    Pair pair(FakeLane{.delay = Millis(5)});
    pair.right.drop();
    pair.loop.run_for(Millis(5));
    EXPECT_TRUE(pair.left.closed);  // An end, so far: it may still send.
    EXPECT_EQ(pair.left.socket().send("anyone?"), (Io{Status::ok, 7}));
    pair.left.socket().want_writable();
    pair.loop.run_for(Millis(5));
    EXPECT_EQ(pair.left.socket().send("anyone?").status, Status::closed);
}

TEST(FakeSocket, HalfOpenNobodyIsTold) {
    Pair pair(FakeLane{.capacity = 8});
    pair.left.socket().send("1234");
    pair.wire.cut();
    pair.left.socket().send("5678");
    EXPECT_EQ(pair.left.socket().send("9"), (Io{Status::again, 0}));
    pair.left.drop();
    pair.loop.run_for(Millis(60'000));
    EXPECT_EQ(pair.right.text, "1234");  // It had arrived before.
    EXPECT_FALSE(pair.right.closed);
    EXPECT_EQ(pair.right.socket().send("anyone?").status, Status::ok);
}

TEST(FakeSocket, HeldLosesNothing) {
    Pair pair;
    pair.wire.hold(End::left);
    pair.left.socket().send("wait ");
    pair.left.socket().send("for it");
    pair.left.socket().shutdown_send();
    pair.loop.run_for(Millis(1000));
    EXPECT_EQ(pair.right.text, "");
    pair.wire.release(End::left);
    pair.loop.run();
    EXPECT_EQ(pair.right.text, "wait for it");
    EXPECT_TRUE(pair.right.closed);
}

TEST(FakeSocket, AResetIsSeenByBoth) {
    Pair pair;
    pair.wire.reset();
    pair.loop.run();
    EXPECT_TRUE(pair.left.closed);
    EXPECT_TRUE(pair.right.closed);
}

TEST(FakeSocket, NoCallbackAfterClose) {
    Pair pair;
    pair.left.socket().send("on its way");
    pair.right.socket().close();
    pair.loop.run();
    EXPECT_EQ(pair.right.readable, 0);
    EXPECT_EQ(pair.right.socket().receive({}).status, Status::closed);
}

TEST(CloseLingering, WhatWasSentReachesAPeerThatIsStillSending) {
    VirtualLoop loop;
    FakeWire wire(loop);
    Reader left(wire.take(End::left));
    auto right = wire.take(End::right);
    left.socket().send("much that nobody reads");
    loop.run();
    right->send("the close frame");
    close_lingering(std::move(right), loop);
    loop.run();
    EXPECT_EQ(left.text, "the close frame");
    EXPECT_TRUE(left.closed);
    EXPECT_FALSE(wire.is_closed(End::right));
    left.drop();
    loop.run();
    EXPECT_TRUE(wire.is_closed(End::right));
    EXPECT_EQ(loop.timers(), 0u);
}

TEST(CloseLingering, PatienceEndsAfterASecondOrAMegabyte) {
    {
        VirtualLoop loop;
        FakeWire wire(loop);
        Reader left(wire.take(End::left));
        close_lingering(wire.take(End::right), loop);
        loop.run_for(Millis(999));
        EXPECT_FALSE(wire.is_closed(End::right));
        loop.run_for(Millis(1));
        EXPECT_TRUE(wire.is_closed(End::right));
    }
    VirtualLoop loop;
    FakeWire wire(loop);
    Reader left(wire.take(End::left));
    close_lingering(wire.take(End::right), loop);
    const std::string flood(60'000, 'x');
    std::size_t sent = 0;
    while (!wire.is_closed(End::right)) {
        sent += left.socket().send(flood).bytes;
        loop.run();
        ASSERT_LT(sent, 2u << 20);
    }
    EXPECT_GE(sent, 1u << 20);
    EXPECT_EQ(loop.timers(), 0u);
}

}  // namespace
}  // namespace lifeline::net
