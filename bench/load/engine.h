#pragma once

#include <sys/epoll.h>

#include <array>
#include <string>
#include <vector>

#include "load/message.h"
#include "load/options.h"
#include "load/shape.h"
#include "load/splitter.h"

namespace lifeline::load {

// All connections of one load, on one thread and one epoll. In a turn it reads what is there, tells
// the shape, and writes what the shape published: one write a connection and turn.
class Engine final : public Publisher {
public:
    Engine(const Options& options, Shape& shape);
    ~Engine() override;
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // A connected descriptor for the next seat, and what was already read from it.
    void add(int descriptor, std::string_view received);
    // Opens the doors to the shape; before, messages are only counted.
    void start();
    void turn(std::chrono::milliseconds wait);

    void publish(std::size_t seat, std::uint64_t number) override;
    Clock::time_point now() const override { return now_; }

    std::size_t greeted() const { return greeted_; }  // Connections that have their hello.
    std::uint64_t frames() const { return frames_; }  // Text frames of any kind.
    std::uint64_t bytes() const { return bytes_; }    // Of payload, in them.

private:
    struct Line {
        int descriptor;
        MessageMaker maker;
        Splitter splitter;
        std::string out;
        bool dirty = false;
        bool waits_writable = false;
    };

    void read(std::size_t seat);
    void take(std::size_t seat, std::string_view bytes);
    void frame(std::size_t seat, std::uint8_t opcode, std::string_view payload);
    void mark(std::size_t seat);
    void flush(std::size_t seat);
    void watch(std::size_t seat, std::uint32_t events, int operation);

    const Options& options_;
    Shape& shape_;
    int epoll_;
    bool started_ = false;
    std::vector<Line> lines_;
    std::vector<std::size_t> dirty_;
    std::vector<char> buffer_;
    std::array<epoll_event, 512> ready_{};
    Clock::time_point now_ = Clock::now();
    std::size_t greeted_ = 0;
    std::uint64_t frames_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace lifeline::load
