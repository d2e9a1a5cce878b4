#include "sinks/file_courier.h"

#include <utility>
#include <vector>

namespace lifeline::sinks {

namespace {

Result<net::Response> add(JsonlFile& file, std::string_view body) {
    std::vector<std::string_view> lines;
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t feed = body.find('\n', at);
        lines.push_back(body.substr(at, feed - at));
        at = feed + 1;
    }
    const auto outcomes = file.append(lines);
    if (!outcomes) return fail(outcomes.error());
    net::Response answer;
    for (const auto outcome : *outcomes) answer.body.append(JsonlFile::word(outcome)).append("\n");
    return answer;
}

}  // namespace

FileCourier::FileCourier(Loop& loop, Worker& worker, std::string path)
    : loop_(loop), worker_(worker), file_(std::make_shared<JsonlFile>(std::move(path))) {}

void FileCourier::carry(Request request, Done done) {
    worker_.submit([&loop = loop_, file = file_, body = std::move(request.body),
                    done = std::move(done)]() mutable {
        loop.post([answer = add(*file, body), done = std::move(done)]() mutable {
            done(std::move(answer));
        });
    });
}

}  // namespace lifeline::sinks
