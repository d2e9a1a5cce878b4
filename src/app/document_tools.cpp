#include "app/document_tools.h"

namespace lifeline::app {

namespace {

tools::Tool builtin(std::string name, std::string description, std::string schema) {
    tools::Tool tool;
    tool.name = std::move(name);
    tool.kind = tools::Kind::builtin;
    tool.description = std::move(description);
    tool.risk = contract::Risk::low_risk_write;
    tool.idempotent = true;
    tool.attempts = 3;
    tool.schema_json = std::move(schema);
    tool.display.external = false;
    tool.display.target = tool.name == "document.create" ? "/title" : "/documentId";
    return tool;
}

}  // namespace

std::vector<tools::Tool> document_tools() {
    return {
        builtin("document.create",
                "Makes a document that everybody in the call can see and edit. Gives documentId "
                "and rev.",
                R"({"type":"object","required":["kind","title"],"additionalProperties":false,)"
                R"("properties":{"kind":{"type":"string","minLength":1,"maxLength":64},)"
                R"("title":{"type":"string","minLength":1,"maxLength":256},)"
                R"("content":{"type":"object"}}})"),
        builtin("document.edit",
                "Changes a document of the call by a JSON Patch (RFC 6902) made on revision "
                "baseRev. Gives documentId and the new rev; edit_conflict where somebody changed "
                "the same places meanwhile.",
                R"({"type":"object","required":["documentId","baseRev","patch"],)"
                R"("additionalProperties":false,"properties":{"documentId":{"type":"string"},)"
                R"("baseRev":{"type":"integer","minimum":0},"patch":{"type":"array","minItems":1,)"
                R"("maxItems":256,"items":{"type":"object","required":["op","path"],)"
                R"("properties":{"op":{"enum":["add","remove","replace","move","copy","test"]},)"
                R"("path":{"type":"string"},"from":{"type":"string"}}}}}})"),
    };
}

}  // namespace lifeline::app
