#include "api/assets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace lifeline::api {
namespace {

TEST(Assets, AreSortedNonEmptyAndNamed) {
    const auto assets = all_assets();
    ASSERT_FALSE(assets.empty());
    EXPECT_TRUE(std::ranges::is_sorted(assets, {}, &Asset::path));
    for (const auto& asset : assets) {
        SCOPED_TRACE(std::string(asset.path));
        EXPECT_TRUE(asset.path.starts_with('/'));
        EXPECT_FALSE(asset.bytes.empty());
        EXPECT_NE(asset.content_type.find('/'), std::string_view::npos);
        EXPECT_EQ(asset.etag.size(), 64u);
        EXPECT_EQ(find_asset(asset.path), &asset);
    }
}

// Holds with the built page and with the line that stands in for it where Node is absent.
TEST(Assets, ThePageIsThere) {
    const auto* page = find_asset("/index.html");
    ASSERT_NE(page, nullptr);
    EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
    EXPECT_NE(page->bytes.find("<!doctype html>"), std::string_view::npos);
    EXPECT_NE(page->bytes.back(), '\0');
}

TEST(Assets, WhatIsNotThereIsNull) {
    for (const auto* path : {"", "/", "/index.htm", "/index.html/", "/../index.html", "/zzz"}) {
        SCOPED_TRACE(path);
        EXPECT_EQ(find_asset(path), nullptr);
    }
}

}  // namespace
}  // namespace lifeline::api
