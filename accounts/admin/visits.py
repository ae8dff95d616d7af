"""The desk's pages about visits: sign in as a customer (STAFF-2), and who did so, when and why."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.forms.models import ModelChoiceField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import display
from unfold.widgets import UnfoldAdminRadioSelectWidget

from accounts import access, visits
from accounts.access import EVERYBODY, Role, Staff
from accounts.admin.desk import DeskAdmin, said_in_utc
from accounts.admin.in_step import names_a_row
from accounts.models import Account, Member, SupportVisit
from accounts.refusals import ChangeRefused

# So many people of an account are offered; of the others one is named by the list of members.
OFFERED: Final = 10
_ADMINS_FIRST: Final = F("access__kind").asc(nulls_last=True)


class MemberChoice(ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """A person of the account, named with what they are there."""

    def label_from_instance(self, obj: Any) -> str:
        if obj.primary_admin:
            return f"{obj.name}, primary account admin"
        return f"{obj.name}, admin" if obj.is_admin else str(obj.name)


class VisitForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """As whom, and why."""

    class Meta:
        model = SupportVisit
        fields = ("member", "reason")
        error_messages = {
            "reason": {"required": "Write the reason, for example the number of a request."}
        }
        help_texts = {
            "reason": "For example the number of a request. "
            "The visit ends after an hour; all that is done in it is recorded.",
        }


@admin.register(SupportVisit)
class SupportVisitAdmin(DeskAdmin):
    """Visits, the latest first. One is begun from an account's page."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE}, add=frozenset({Role.SUPPORT}))
    form = VisitForm
    fields = ("member", "reason")
    list_display = ("began", "person", "account", "member", "reason", "ended")
    list_display_links = None
    list_select_related = ("person", "account", "member")
    list_filter = ()
    sortable_by = ()
    show_add_link = False
    add_form_template = "admin/accounts/supportvisit/begin.html"

    @display(description="Began")
    def began(self, visit: SupportVisit) -> str:
        return said_in_utc(visit.began_at)

    @display(description="Ended", empty_value="Not yet")
    def ended(self, visit: SupportVisit) -> str | None:
        over = visit.ended_at or (visit.expires_at if visit.expires_at < timezone.now() else None)
        return said_in_utc(over) if over else None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # Beginning one.

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name != "member":
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        offered = _offered(request)
        return db_field.formfield(
            form_class=MemberChoice,
            queryset=offered,
            initial=offered.first(),
            empty_label=None,
            error_messages={"required": "Choose as whom you sign in."},
            label="Sign in as",
            widget=UnfoldAdminRadioSelectWidget(radio_style=admin.VERTICAL),
            help_text="Somebody else: choose them on the account's tab Members.",
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        member = request.GET.get("member", "")
        return {"member": int(member)} if names_a_row(member) else {}

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        account = _account(request)
        if account is None and self.has_add_permission(request):
            self.message_user(
                request,
                "Open the account first, and press Sign in as the customer there.",
                messages.WARNING,
            )
        context = {**(extra_context or {}), "title": "Sign in as the customer", "account": account}
        try:
            return super().add_view(request, form_url, context)
        except ChangeRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> SupportVisit:
        return visits.begin(
            member_id=form.cleaned_data["member"].pk,
            person=access.person_of(request),
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing is left to save: the visit has begun."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A visit has no rows beside it on its form."""

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        request.session[visits.SESSION_KEY] = obj.pk
        return HttpResponseRedirect(reverse("accounts:start", args=[obj.account_id]))


def begin_address(account_id: int, *, member_id: int | None = None) -> str:
    """The address of the page on which one signs in to this account, as this member."""
    member = f"&member={member_id}" if member_id else ""
    return f"{reverse('admin:accounts_supportvisit_add')}?account={account_id}{member}"


def _account(request: HttpRequest) -> Account | None:
    """The account that the page's address names, if it may be seen."""
    named = request.GET.get("account", "")
    if not names_a_row(named):
        return None
    return access.rows(request.user, Account.objects.filter(pk=int(named))).first()


def _offered(request: HttpRequest) -> QuerySet[Member]:
    """Whom one may choose: the primary account admin first, then admins, and who was named."""
    account = _account(request)
    people = Member.objects.filter(account=account, status=Member.Status.ACTIVE, bot=False)
    ordered = people.order_by("-primary_admin", _ADMINS_FIRST, "name", "pk")
    first = list(ordered.values_list("pk", flat=True)[:OFFERED])
    named = request.GET.get("member", "")
    chosen = [int(named)] if names_a_row(named) else []
    return ordered.filter(pk__in=[*first, *chosen]).select_related("access")
