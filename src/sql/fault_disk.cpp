#include "sql/fault_disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "sql/fault_state.h"

namespace lifeline::sql {

namespace {

void place(std::string& content, std::uint64_t offset, std::string_view bytes) {
    if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size(), '\0');
    std::memcpy(content.data() + offset, bytes.data(), bytes.size());
}

// The parts of a write that lie in different sectors, which a disk writes one by one.
template <class Each>
void for_each_sector(const UnsyncedChange& change, Each each) {
    std::uint64_t at = change.offset;
    std::string_view rest = change.bytes;
    while (!rest.empty()) {
        const std::uint64_t room = sector_bytes - at % sector_bytes;
        const auto part = rest.substr(0, room);
        each(at, part);
        at += part.size();
        rest.remove_prefix(part.size());
    }
}

}  // namespace

bool FaultDisk::State::fails(Operation operation, const std::string& path) {
    for (auto fault = faults.begin(); fault != faults.end(); ++fault) {
        if (fault->operation != operation || !path.ends_with(fault->path)) continue;
        if (fault->after-- > 0) continue;
        faults.erase(fault);
        ++counters.faults;
        return true;
    }
    return false;
}

std::uint64_t FaultDisk::State::used() const {
    std::uint64_t bytes = 0;
    for (const auto& [path, file] : files) bytes += file->current.size();
    return bytes;
}

bool FaultDisk::State::fits(const DiskFile& file, std::uint64_t size) const {
    return size <= file.current.size() || used() + (size - file.current.size()) <= capacity;
}

void FaultDisk::State::write(DiskFile& file, std::uint64_t offset, std::string_view bytes) {
    ++counters.writes;
    counters.written_bytes += bytes.size();
    place(file.current, offset, bytes);
    file.unsynced.push_back({offset, std::string(bytes), std::nullopt});
}

void FaultDisk::State::truncate(DiskFile& file, std::uint64_t size) {
    file.current.resize(size);
    file.unsynced.push_back({0, {}, size});
}

void FaultDisk::State::sync(DiskFile& file) {
    ++counters.syncs;
    if (lying) return;
    for (const UnsyncedChange& change : file.unsynced) {
        if (change.truncated_to)
            file.durable.resize(*change.truncated_to);
        else
            place(file.durable, change.offset, change.bytes);
    }
    file.unsynced.clear();
    file.name_durable = true;
}

void FaultDisk::State::fail_sync(DiskFile& file) {
    tear(file);
    file.unsynced.clear();
}

void FaultDisk::State::tear(DiskFile& file) {
    // Some cuts lose nearly everything, some nearly nothing: both ends have bugs of their own.
    const std::uint64_t kept_in_eight = random.below(9);
    for (const UnsyncedChange& change : file.unsynced) {
        if (change.truncated_to) {
            if (random.below(8) < kept_in_eight) file.durable.resize(*change.truncated_to);
            continue;
        }
        for_each_sector(change, [&](std::uint64_t at, std::string_view part) {
            if (random.below(8) < kept_in_eight) place(file.durable, at, part);
        });
    }
}

FaultDisk::FaultDisk(std::uint64_t seed) : state_(std::make_unique<State>(seed)) {
    register_vfs(*state_);
}

FaultDisk::~FaultDisk() {
    unregister_vfs(*state_);
}

const std::string& FaultDisk::vfs() const {
    return state_->vfs_name;
}

void FaultDisk::State::cut_power() {
    ++life;
    ++power_cuts;
    changes_left.reset();
    std::map<std::string, std::shared_ptr<DiskFile>> left;
    auto keep = [&](const std::string& path, DiskFile& file) {
        tear(file);
        auto after = std::make_shared<DiskFile>();
        after->durable = file.durable;
        after->current = file.durable;
        after->name_durable = true;
        left.emplace(path, std::move(after));
    };
    for (auto& [path, file] : files)
        if (file->name_durable || random.below(2) == 0) keep(path, *file);
    for (auto& [path, file] : removed)
        if (!files.contains(path) && random.below(2) == 0) keep(path, *file);
    files = std::move(left);
    removed.clear();
}

void FaultDisk::State::before_change() {
    if (!changes_left || (*changes_left)-- > 0) return;
    ++counters.cuts_in_a_change;
    cut_power();
}

void FaultDisk::cut_power() {
    const std::lock_guard lock(state_->mutex);
    state_->cut_power();
}

void FaultDisk::cut_power_after(std::uint64_t changes) {
    const std::lock_guard lock(state_->mutex);
    state_->changes_left = changes;
}

std::uint64_t FaultDisk::power_cuts() const {
    const std::lock_guard lock(state_->mutex);
    return state_->power_cuts;
}

void FaultDisk::kill_process() {
    const std::lock_guard lock(state_->mutex);
    ++state_->life;
    for (auto& [path, file] : state_->files) {
        auto after = std::make_shared<DiskFile>();
        after->current = std::move(file->current);
        after->durable = std::move(file->durable);
        after->unsynced = std::move(file->unsynced);
        after->name_durable = file->name_durable;
        file = std::move(after);
    }
}

void FaultDisk::fail(Operation operation, std::string path, std::uint64_t after) {
    const std::lock_guard lock(state_->mutex);
    state_->faults.push_back({operation, std::move(path), after});
}

void FaultDisk::set_capacity(std::uint64_t bytes) {
    const std::lock_guard lock(state_->mutex);
    state_->capacity = bytes;
}

std::uint64_t FaultDisk::used_bytes() const {
    const std::lock_guard lock(state_->mutex);
    return state_->used();
}

void FaultDisk::lie_about_sync(bool lie) {
    const std::lock_guard lock(state_->mutex);
    state_->lying = lie;
}

FaultCounters FaultDisk::counters() const {
    const std::lock_guard lock(state_->mutex);
    return state_->counters;
}

std::optional<std::string> FaultDisk::contents(const std::string& path) const {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->files.find(path);
    if (found == state_->files.end()) return std::nullopt;
    return found->second->current;
}

void FaultDisk::set_contents(const std::string& path, std::string bytes) {
    const std::lock_guard lock(state_->mutex);
    auto& file = state_->files[path];
    if (!file) file = std::make_shared<DiskFile>();
    file->current = bytes;
    file->durable = std::move(bytes);
    file->unsynced.clear();
    file->name_durable = true;
}

void FaultDisk::remove(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    state_->files.erase(path);
}

void FaultDisk::flip_bit(const std::string& path, std::uint64_t bit) {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->files.find(path);
    CHECK(found != state_->files.end() && bit / 8 < found->second->current.size());
    const auto flip = [bit](std::string& bytes) {
        if (bit / 8 < bytes.size())
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    };
    ++state_->counters.flipped_bits;
    flip(found->second->current);
    flip(found->second->durable);
}

std::vector<std::string> FaultDisk::files() const {
    const std::lock_guard lock(state_->mutex);
    std::vector<std::string> out;
    for (const auto& [path, file] : state_->files) out.push_back(path);
    return out;
}

}  // namespace lifeline::sql
