#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "app/commands.h"
#include "app/first_settings.h"

namespace lifeline::app {

namespace {

int init(const std::string& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed)
        return report(
            {Code::malformed, "config_invalid", folder + " cannot be made: " + failed.message()});
    const std::filesystem::path file = std::filesystem::path(folder) / "lifeline.toml";
    // Only a file that was not there a moment ago, whoever else is at it.
    const int descriptor =
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0 && errno == EEXIST)
        return report({Code::conflict, "file_exists", file.string()});
    if (descriptor < 0)
        return report({Code::malformed, "config_invalid",
                       file.string() + " cannot be made: " + std::strerror(errno)});
    const std::string text = first_settings();
    const bool written =
        ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (::close(descriptor) != 0 || !written)
        return report({Code::unavailable, "storage_unavailable",
                       file.string() + ": " + std::strerror(errno)});
    std::printf("wrote %s\n\nNow:  lifeline serve --config %s --data %s\n", file.c_str(),
                file.c_str(), (std::filesystem::path(folder) / "data").c_str());
    return 0;
}

}  // namespace

void add_init(Command app) {
    auto folder = std::make_shared<std::string>(".");
    auto command =
        app.command("init", "Write a lifeline.toml that explains itself, where none is yet");
    command.option("DIR", *folder, "Where (default: here)");
    command.runs([folder] { return init(*folder); });
}

}  // namespace lifeline::app
