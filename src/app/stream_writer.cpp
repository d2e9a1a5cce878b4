#include "app/stream_writer.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"

namespace lifeline::app {

StreamWriter::StreamWriter(Loop& home, journal::Journal& journal, std::function<void()> appended)
    : home_(home), journal_(journal), appended_(std::move(appended)) {}

void StreamWriter::write(Entry entry) {
    Line& line = lines_[entry.stream];
    line.waiting.push_back(std::move(entry));
    next(line);
}

void StreamWriter::next(Line& line) {
    if (line.busy || line.waiting.empty()) return;
    line.busy = true;
    if (line.stream) return append(line);
    open(line);
}

void StreamWriter::open(Line& line) {
    journal_.open(line.waiting.front().stream, home_,
                  [this, alive = alive_, &line](Result<std::unique_ptr<journal::Stream>> stream) {
                      if (!*alive) return;
                      if (stream) {
                          line.stream = std::move(*stream);
                          return append(line);
                      }
                      Entry entry = std::move(line.waiting.front());
                      line.waiting.pop_front();
                      line.busy = false;
                      entry.done(fail(stream.error()));
                      next(line);
                  });
}

void StreamWriter::append(Line& line) {
    Entry entry = std::move(line.waiting.front());
    line.waiting.pop_front();
    journal::Stream& stream = *line.stream;
    std::string id = "ll_" + entry.name;
    if (id.ends_with(':')) id += std::to_string(stream.head() + 1);
    // As if it had been written now.
    auto settle = [this, alive = alive_, &line,
                   done = std::move(entry.done)](Status status) mutable {
        if (!*alive) return;
        line.busy = false;
        if (status) appended_();
        done(std::move(status));
        next(line);
    };
    std::string bytes = contract::event_json(id, entry.stream, format_rfc3339(home_.clock().wall()),
                                             entry.type, entry.payload);
    const auto event = checker_.check(bytes, contract::Sender::server);
    if (!event || stream.find(id)) {
        Status status = event ? Status() : fail(event.error());
        return home_.post([settle = std::move(settle), status = std::move(status)]() mutable {
            settle(std::move(status));
        });
    }
    stream.append(stream.head(), {{id, {"server", "lifeline"}, "", std::move(bytes)}},
                  [settle = std::move(settle),
                   name = entry.stream](const Result<journal::Appended>& appended) mutable {
                      if (!appended)
                          log::warn("{} is not written to reason={} {}", name,
                                    appended.error().reason, appended.error().detail);
                      settle(appended ? Status() : fail(appended.error()));
                  });
}

}  // namespace lifeline::app
