"""Customer tiers with their reasons, tags and scores (R-066 … R-078, R-109)."""

from __future__ import annotations

from crmsheet.result import Result
from crmsheet.view import TableBlock, View
from crmsheet.views.followups import customer_links
from crmsheet.views.layout import column, printable, view
from crmsheet.views.words import tag_words, tier_tones, tier_words, worded


def tiers_view(result: Result) -> View:
    """One line per customer, best value score first."""
    rules, labels = result.rules, result.rules.labels
    columns = (
        column(labels, "value_rank", "integer", 7),
        column(labels, "customer_id", "text", 12),
        column(labels, "customer_name", "link", 26),
        column(labels, "tier", "choice", 10, tones=tier_tones(rules)),
        column(labels, "tier_reason", "wrap", 40),
        column(labels, "value_tag", "choice", 9),
        column(labels, "status_tag", "choice", 10),
        column(labels, "requirement_tags", "wrap", 20),
        column(labels, "amount_12m", "wan", 12),
        column(labels, "amount_total", "wan", 12),
        column(labels, "value_score", "score", 10, bar=True),
        column(labels, "is_core", "choice", 8),
        column(labels, "value_reason", "wrap", 38),
        column(labels, "owner", "text", 8),
    )
    customers = result.customers.sort_values("value_rank", kind="stable", na_position="last")
    frame = customers.assign(
        tier=tier_words(customers, rules),
        value_tag=worded(customers, "value_tag", labels, "value_tag"),
        status_tag=worded(customers, "status_tag", labels, "status_tag"),
        requirement_tags=tag_words(customers, labels),
        is_core=customers["is_core"].map({True: labels.choice("yes_no", "yes"), False: ""}),
    )
    block = TableBlock(
        "tiers",
        printable(frame, columns),
        columns,
        links=customer_links(result, frame),
        total={
            "customer_name": labels.phrase("total_customers", n=len(frame)),
            "amount_12m": float(frame["amount_12m"].sum()),
            "amount_total": float(frame["amount_total"].sum()),
        },
        empty=labels.phrase("empty.customers"),
        frozen=3,
    )
    return view(result, "tiers", (block,), back=labels.sheet("overview"), tab="accent")
