"""Contains all the data models used in inputs/outputs"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .agent_list import AgentList as AgentList
    from .agent_view import AgentView as AgentView
    from .answer import Answer as Answer
    from .answer_opaque import AnswerOpaque as AnswerOpaque
    from .artefact import Artefact as Artefact
    from .asking import Asking as Asking
    from .backup import Backup as Backup
    from .call import Call as Call
    from .call_arguments import CallArguments as CallArguments
    from .call_input import CallInput as CallInput
    from .call_input_arguments import CallInputArguments as CallInputArguments
    from .call_page import CallPage as CallPage
    from .call_view import CallView as CallView
    from .call_view_arguments import CallViewArguments as CallViewArguments
    from .calls import Calls as Calls
    from .calls_opaque import CallsOpaque as CallsOpaque
    from .calls_until_type_0 import CallsUntilType0 as CallsUntilType0
    from .cancel_body import CancelBody as CancelBody
    from .check import Check as Check
    from .claim_body import ClaimBody as ClaimBody
    from .claimed import Claimed as Claimed
    from .copied import Copied as Copied
    from .count import Count as Count
    from .counted import Counted as Counted
    from .create_token import CreateToken as CreateToken
    from .decision import Decision as Decision
    from .decision_until import DecisionUntil as DecisionUntil
    from .delivery_page import DeliveryPage as DeliveryPage
    from .delivery_view import DeliveryView as DeliveryView
    from .delivery_view_reply import DeliveryViewReply as DeliveryViewReply
    from .delivery_view_request import DeliveryViewRequest as DeliveryViewRequest
    from .disable_body import DisableBody as DisableBody
    from .dropped import Dropped as Dropped
    from .endpoint_list import EndpointList as EndpointList
    from .endpoint_view import EndpointView as EndpointView
    from .endpoint_view_where import EndpointViewWhere as EndpointViewWhere
    from .erase import Erase as Erase
    from .erasure import Erasure as Erasure
    from .event import Event as Event
    from .event_header import EventHeader as EventHeader
    from .event_page import EventPage as EventPage
    from .event_payload import EventPayload as EventPayload
    from .event_view import EventView as EventView
    from .event_view_header import EventViewHeader as EventViewHeader
    from .event_view_payload import EventViewPayload as EventViewPayload
    from .expanded import Expanded as Expanded
    from .export import Export as Export
    from .exported import Exported as Exported
    from .finding import Finding as Finding
    from .fit import Fit as Fit
    from .fitting import Fitting as Fitting
    from .forget import Forget as Forget
    from .forgotten import Forgotten as Forgotten
    from .fork_body import ForkBody as ForkBody
    from .form import Form as Form
    from .form_algorithm_type_0 import FormAlgorithmType0 as FormAlgorithmType0
    from .form_encoding_type_0 import FormEncodingType0 as FormEncodingType0
    from .form_input import FormInput as FormInput
    from .form_input_algorithm import FormInputAlgorithm as FormInputAlgorithm
    from .form_input_encoding import FormInputEncoding as FormInputEncoding
    from .head import Head as Head
    from .health import Health as Health
    from .http_status import HttpStatus as HttpStatus
    from .job import Job as Job
    from .job_list import JobList as JobList
    from .log_info import LogInfo as LogInfo
    from .log_info_limits import LogInfoLimits as LogInfoLimits
    from .made import Made as Made
    from .material import Material as Material
    from .material_input import MaterialInput as MaterialInput
    from .memory import Memory as Memory
    from .memory_input import MemoryInput as MemoryInput
    from .memory_input_kind import MemoryInputKind as MemoryInputKind
    from .memory_input_meta import MemoryInputMeta as MemoryInputMeta
    from .memory_input_origin import MemoryInputOrigin as MemoryInputOrigin
    from .memory_kind_type_0 import MemoryKindType0 as MemoryKindType0
    from .memory_meta import MemoryMeta as MemoryMeta
    from .memory_origin_type_0 import MemoryOriginType0 as MemoryOriginType0
    from .message_body import MessageBody as MessageBody
    from .observation import Observation as Observation
    from .observation_input import ObservationInput as ObservationInput
    from .observation_input_trust import ObservationInputTrust as ObservationInputTrust
    from .observation_trust_type_0 import ObservationTrustType0 as ObservationTrustType0
    from .observe_body import ObserveBody as ObserveBody
    from .offered_agent import OfferedAgent as OfferedAgent
    from .outcome import Outcome as Outcome
    from .pack import Pack as Pack
    from .pack_context import PackContext as PackContext
    from .packed import Packed as Packed
    from .passage import Passage as Passage
    from .persona_list import PersonaList as PersonaList
    from .plugin_list import PluginList as PluginList
    from .plugin_view import PluginView as PluginView
    from .plugin_view_provides import PluginViewProvides as PluginViewProvides
    from .problem import Problem as Problem
    from .rebuild import Rebuild as Rebuild
    from .recall import Recall as Recall
    from .recalled import Recalled as Recalled
    from .recollection import Recollection as Recollection
    from .recollection_terms import RecollectionTerms as RecollectionTerms
    from .recorded import Recorded as Recorded
    from .register import Register as Register
    from .remember import Remember as Remember
    from .remembered import Remembered as Remembered
    from .replay import Replay as Replay
    from .replayed import Replayed as Replayed
    from .reply_body import ReplyBody as ReplyBody
    from .reply_body_arguments import ReplyBodyArguments as ReplyBodyArguments
    from .report import Report as Report
    from .rotate_body import RotateBody as RotateBody
    from .rotate_token_body import RotateTokenBody as RotateTokenBody
    from .rule import Rule as Rule
    from .rule_input import RuleInput as RuleInput
    from .rule_input_where import RuleInputWhere as RuleInputWhere
    from .rule_where import RuleWhere as RuleWhere
    from .schedule_view import ScheduleView as ScheduleView
    from .schedules import Schedules as Schedules
    from .seal import Seal as Seal
    from .sealing import Sealing as Sealing
    from .segment import Segment as Segment
    from .selection import Selection as Selection
    from .selection_kind import SelectionKind as SelectionKind
    from .set_endpoint_body import SetEndpointBody as SetEndpointBody
    from .set_endpoint_body_order import SetEndpointBodyOrder as SetEndpointBodyOrder
    from .set_endpoint_body_signing_item import SetEndpointBodySigningItem as SetEndpointBodySigningItem
    from .set_endpoint_body_where import SetEndpointBodyWhere as SetEndpointBodyWhere
    from .set_persona import SetPersona as SetPersona
    from .set_persona_body import SetPersonaBody as SetPersonaBody
    from .set_persona_input import SetPersonaInput as SetPersonaInput
    from .set_schedule_body import SetScheduleBody as SetScheduleBody
    from .set_source_body import SetSourceBody as SetSourceBody
    from .set_source_body_unique import SetSourceBodyUnique as SetSourceBodyUnique
    from .set_tenant import SetTenant as SetTenant
    from .set_tenant_body import SetTenantBody as SetTenantBody
    from .settle_body import SettleBody as SettleBody
    from .signed_head import SignedHead as SignedHead
    from .source import Source as Source
    from .source_list import SourceList as SourceList
    from .source_view import SourceView as SourceView
    from .speech_view import SpeechView as SpeechView
    from .statistics import Statistics as Statistics
    from .status_input import StatusInput as StatusInput
    from .status_type_0 import StatusType0 as StatusType0
    from .submit import Submit as Submit
    from .submit_all import SubmitAll as SubmitAll
    from .submit_input import SubmitInput as SubmitInput
    from .submitted import Submitted as Submitted
    from .submitted_all import SubmittedAll as SubmittedAll
    from .task_page import TaskPage as TaskPage
    from .task_view import TaskView as TaskView
    from .task_view_waits import TaskViewWaits as TaskViewWaits
    from .tenant_list import TenantList as TenantList
    from .tenant_view import TenantView as TenantView
    from .tier_input import TierInput as TierInput
    from .tier_type_0 import TierType0 as TierType0
    from .token_created import TokenCreated as TokenCreated
    from .token_list import TokenList as TokenList
    from .token_view import TokenView as TokenView
    from .tool import Tool as Tool
    from .tool_input import ToolInput as ToolInput
    from .tool_input_parameters import ToolInputParameters as ToolInputParameters
    from .tool_list import ToolList as ToolList
    from .tool_parameters import ToolParameters as ToolParameters
    from .tool_view import ToolView as ToolView
    from .trust_type_0 import TrustType0 as TrustType0
    from .turn import Turn as Turn
    from .turn_view import TurnView as TurnView
    from .turns import Turns as Turns
    from .unknown_action import UnknownAction as UnknownAction
    from .usage import Usage as Usage
    from .usage_input import UsageInput as UsageInput
    from .use import Use as Use
    from .used import Used as Used
    from .work import Work as Work
    from .work_arguments import WorkArguments as WorkArguments
    from .worker_list import WorkerList as WorkerList
    from .worker_view import WorkerView as WorkerView

_PLACES = {
    "AgentList": "agent_list",
    "AgentView": "agent_view",
    "Answer": "answer",
    "AnswerOpaque": "answer_opaque",
    "Artefact": "artefact",
    "Asking": "asking",
    "Backup": "backup",
    "Call": "call",
    "CallArguments": "call_arguments",
    "CallInput": "call_input",
    "CallInputArguments": "call_input_arguments",
    "CallPage": "call_page",
    "CallView": "call_view",
    "CallViewArguments": "call_view_arguments",
    "Calls": "calls",
    "CallsOpaque": "calls_opaque",
    "CallsUntilType0": "calls_until_type_0",
    "CancelBody": "cancel_body",
    "Check": "check",
    "ClaimBody": "claim_body",
    "Claimed": "claimed",
    "Copied": "copied",
    "Count": "count",
    "Counted": "counted",
    "CreateToken": "create_token",
    "Decision": "decision",
    "DecisionUntil": "decision_until",
    "DeliveryPage": "delivery_page",
    "DeliveryView": "delivery_view",
    "DeliveryViewReply": "delivery_view_reply",
    "DeliveryViewRequest": "delivery_view_request",
    "DisableBody": "disable_body",
    "Dropped": "dropped",
    "EndpointList": "endpoint_list",
    "EndpointView": "endpoint_view",
    "EndpointViewWhere": "endpoint_view_where",
    "Erase": "erase",
    "Erasure": "erasure",
    "Event": "event",
    "EventHeader": "event_header",
    "EventPage": "event_page",
    "EventPayload": "event_payload",
    "EventView": "event_view",
    "EventViewHeader": "event_view_header",
    "EventViewPayload": "event_view_payload",
    "Expanded": "expanded",
    "Export": "export",
    "Exported": "exported",
    "Finding": "finding",
    "Fit": "fit",
    "Fitting": "fitting",
    "Forget": "forget",
    "Forgotten": "forgotten",
    "ForkBody": "fork_body",
    "Form": "form",
    "FormAlgorithmType0": "form_algorithm_type_0",
    "FormEncodingType0": "form_encoding_type_0",
    "FormInput": "form_input",
    "FormInputAlgorithm": "form_input_algorithm",
    "FormInputEncoding": "form_input_encoding",
    "Head": "head",
    "Health": "health",
    "HttpStatus": "http_status",
    "Job": "job",
    "JobList": "job_list",
    "LogInfo": "log_info",
    "LogInfoLimits": "log_info_limits",
    "Made": "made",
    "Material": "material",
    "MaterialInput": "material_input",
    "Memory": "memory",
    "MemoryInput": "memory_input",
    "MemoryInputKind": "memory_input_kind",
    "MemoryInputMeta": "memory_input_meta",
    "MemoryInputOrigin": "memory_input_origin",
    "MemoryKindType0": "memory_kind_type_0",
    "MemoryMeta": "memory_meta",
    "MemoryOriginType0": "memory_origin_type_0",
    "MessageBody": "message_body",
    "Observation": "observation",
    "ObservationInput": "observation_input",
    "ObservationInputTrust": "observation_input_trust",
    "ObservationTrustType0": "observation_trust_type_0",
    "ObserveBody": "observe_body",
    "OfferedAgent": "offered_agent",
    "Outcome": "outcome",
    "Pack": "pack",
    "PackContext": "pack_context",
    "Packed": "packed",
    "Passage": "passage",
    "PersonaList": "persona_list",
    "PluginList": "plugin_list",
    "PluginView": "plugin_view",
    "PluginViewProvides": "plugin_view_provides",
    "Problem": "problem",
    "Rebuild": "rebuild",
    "Recall": "recall",
    "Recalled": "recalled",
    "Recollection": "recollection",
    "RecollectionTerms": "recollection_terms",
    "Recorded": "recorded",
    "Register": "register",
    "Remember": "remember",
    "Remembered": "remembered",
    "Replay": "replay",
    "Replayed": "replayed",
    "ReplyBody": "reply_body",
    "ReplyBodyArguments": "reply_body_arguments",
    "Report": "report",
    "RotateBody": "rotate_body",
    "RotateTokenBody": "rotate_token_body",
    "Rule": "rule",
    "RuleInput": "rule_input",
    "RuleInputWhere": "rule_input_where",
    "RuleWhere": "rule_where",
    "ScheduleView": "schedule_view",
    "Schedules": "schedules",
    "Seal": "seal",
    "Sealing": "sealing",
    "Segment": "segment",
    "Selection": "selection",
    "SelectionKind": "selection_kind",
    "SetEndpointBody": "set_endpoint_body",
    "SetEndpointBodyOrder": "set_endpoint_body_order",
    "SetEndpointBodySigningItem": "set_endpoint_body_signing_item",
    "SetEndpointBodyWhere": "set_endpoint_body_where",
    "SetPersona": "set_persona",
    "SetPersonaBody": "set_persona_body",
    "SetPersonaInput": "set_persona_input",
    "SetScheduleBody": "set_schedule_body",
    "SetSourceBody": "set_source_body",
    "SetSourceBodyUnique": "set_source_body_unique",
    "SetTenant": "set_tenant",
    "SetTenantBody": "set_tenant_body",
    "SettleBody": "settle_body",
    "SignedHead": "signed_head",
    "Source": "source",
    "SourceList": "source_list",
    "SourceView": "source_view",
    "SpeechView": "speech_view",
    "Statistics": "statistics",
    "StatusInput": "status_input",
    "StatusType0": "status_type_0",
    "Submit": "submit",
    "SubmitAll": "submit_all",
    "SubmitInput": "submit_input",
    "Submitted": "submitted",
    "SubmittedAll": "submitted_all",
    "TaskPage": "task_page",
    "TaskView": "task_view",
    "TaskViewWaits": "task_view_waits",
    "TenantList": "tenant_list",
    "TenantView": "tenant_view",
    "TierInput": "tier_input",
    "TierType0": "tier_type_0",
    "TokenCreated": "token_created",
    "TokenList": "token_list",
    "TokenView": "token_view",
    "Tool": "tool",
    "ToolInput": "tool_input",
    "ToolInputParameters": "tool_input_parameters",
    "ToolList": "tool_list",
    "ToolParameters": "tool_parameters",
    "ToolView": "tool_view",
    "TrustType0": "trust_type_0",
    "Turn": "turn",
    "TurnView": "turn_view",
    "Turns": "turns",
    "UnknownAction": "unknown_action",
    "Usage": "usage",
    "UsageInput": "usage_input",
    "Use": "use",
    "Used": "used",
    "Work": "work",
    "WorkArguments": "work_arguments",
    "WorkerList": "worker_list",
    "WorkerView": "worker_view",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f".{_PLACES[name]}", __name__), name)
        return found
