#include "document/rebase.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace lifeline::document {

namespace {

// One thing that an operation does at one path. A move is two: it takes out and puts in.
enum class Touch : std::uint8_t {
    look,     // test, the source of a copy
    write,    // replace
    put_in,   // add, and the target of a copy or a move
    take_out  // remove, and the source of a move
};

enum class Crossing : std::uint8_t { none, crosses };

bool takes_step(const Step& step, const std::string& written) {
    return step.index ? index_of(written) == step.index : step.key == written;
}

void shift(std::string& written, std::ptrdiff_t by) {
    const auto index = index_of(written);
    written = std::to_string(static_cast<std::ptrdiff_t>(*index) + by);
}

// How far the path leads along the place.
std::size_t common_steps(const Path& path, const std::vector<Step>& place) {
    std::size_t at = 0;
    while (at < path.size() && at < place.size() && takes_step(place[at], path[at])) ++at;
    return at;
}

// The path is at or around the place of what was done.
Crossing path_around(const Path& path, Touch touch, const Effect& done) {
    // Put in before an item of an array: nothing of what is there is touched.
    const bool between = touch == Touch::put_in && !path.empty() &&
                         path.size() <= done.place.size() && done.place[path.size() - 1].index;
    return between ? Crossing::none : Crossing::crosses;
}

// In an array from which something was taken out, or into which something was put: the step of the
// path that is a position there.
Crossing path_in_array(Path& path, Touch touch, const Effect& done) {
    const std::size_t depth = done.place.size() - 1;
    const auto index = index_of(path[depth]);
    if (!index) return Crossing::none;  // "-", behind all of them; anything else leads nowhere.
    const std::size_t where = *done.place[depth].index;
    const bool between = touch == Touch::put_in && path.size() == depth + 1;
    if (done.kind == Effect::Kind::insert) {
        if (*index >= where) shift(path[depth], 1);
        return Crossing::none;
    }
    if (*index == where && !between) return Crossing::crosses;
    if (*index > where) shift(path[depth], -1);
    return Crossing::none;
}

Crossing carry_path(Path& path, Touch touch, const Effect& done) {
    const std::size_t common = common_steps(path, done.place);
    if (done.kind == Effect::Kind::write) {
        if (common == path.size()) return path_around(path, touch, done);
        return common == done.place.size() ? Crossing::crosses : Crossing::none;
    }
    const std::size_t array_steps = done.place.size() - 1;
    if (common < array_steps)
        return common == path.size() ? path_around(path, touch, done) : Crossing::none;
    if (path.size() == array_steps) return path_around(path, touch, done);
    return path_in_array(path, touch, done);
}

// What was done, as it would have been done after the patch's own touch. They do not cross.
void carry_effect(Effect& done, const Path& path, Touch touch) {
    if (touch == Touch::look || touch == Touch::write || path.empty()) return;
    const std::size_t depth = path.size() - 1;
    if (done.place.size() <= depth || !done.place[depth].index) return;
    for (std::size_t at = 0; at < depth; ++at)
        if (!takes_step(done.place[at], path[at])) return;
    const auto index = index_of(path[depth]);
    if (!index) return;  // "-": behind all of them.
    std::size_t& where = *done.place[depth].index;
    const bool between = done.kind == Effect::Kind::insert && done.place.size() == depth + 1;
    if (touch == Touch::take_out) {
        if (where > *index) --where;
    } else if (between ? where > *index : where >= *index) {
        ++where;
    }
}

// One touch, carried over all that was done, and all of it carried over the touch.
Crossing carry(Path& path, Touch touch, std::vector<Effect>& done) {
    for (Effect& effect : done) {
        const Path before = path;
        if (carry_path(path, touch, effect) == Crossing::crosses) return Crossing::crosses;
        carry_effect(effect, before, touch);
    }
    return Crossing::none;
}

Crossing carry(Operation& operation, std::vector<Effect>& done) {
    using Kind = Operation::Kind;
    switch (operation.kind) {
        case Kind::add:
            return carry(operation.path, Touch::put_in, done);
        case Kind::remove:
            return carry(operation.path, Touch::take_out, done);
        case Kind::replace:
            return carry(operation.path, Touch::write, done);
        case Kind::test:
            return carry(operation.path, Touch::look, done);
        case Kind::move:
        case Kind::copy:
            break;
    }
    const Touch source = operation.kind == Kind::move ? Touch::take_out : Touch::look;
    if (carry(operation.from, source, done) == Crossing::crosses) return Crossing::crosses;
    return carry(operation.path, Touch::put_in, done);
}

}  // namespace

bool Rebase::over(std::vector<Effect> done) {
    bool any = false;
    for (std::size_t i = 0; i < patch_.size(); ++i) {
        const bool crosses = carry(patch_[i], done) == Crossing::crosses;
        any = any || crosses;
        if (crosses) crossed_[i] = true;
    }
    return any;
}

}  // namespace lifeline::document
