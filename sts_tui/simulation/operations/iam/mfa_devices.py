"""MFA devices: how is a virtual device created, assigned to a user, and removed?

A virtual device is first created, unassigned, then enabled for a user with two codes in a row; deactivated,
it is unassigned again and can be deleted. Hardware devices and security keys are not created here.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_virtual.html
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.entities import MfaDevice, User
from sts_tui.account.iam_quotas import MFA_DEVICES_PER_USER
from sts_tui.simulation.operations.configuration_edits import with_account_facts, with_entity
from sts_tui.simulation.operations.iam.access_keys import own_user_name
from sts_tui.simulation.operations.iam.identity_types import (
    USER,
    arn_in,
    authorize_on,
    authorized_identity,
)
from sts_tui.simulation.operations.iam.responses import user_shape
from sts_tui.simulation.operations.refusals import (
    already_exists,
    delete_conflict,
    limit_exceeded,
    no_such_entity,
)
from sts_tui.simulation.operations.request_tags import requested_tags, tag_context
from sts_tui.simulation.operations.responses import created, page_of
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.account.configuration import Configuration
    from sts_tui.simulation.operations.shapes import iam as shapes


def create_virtual_mfa_device(
    call: Call[shapes.CreateVirtualMFADeviceRequest],
) -> Answer[shapes.CreateVirtualMFADeviceResponse]:
    """A device that is not assigned yet, with the secret for an authenticator app but without a QR code.

    Raises AccessDenied, InvalidInput, EntityAlreadyExists.
    """
    serial = arn_in(call, "mfa", call.params["VirtualMFADeviceName"], call.params.get("Path") or "/")
    tags = requested_tags(call.params.get("Tags"), ignores_case=False)
    authorize_on(call, serial, context=tag_context(tags))
    if tags:
        authorize_on(call, serial, context=tag_context(tags), action="iam:TagMFADevice")
    if _owner(call, serial) or serial in _unassigned(call):
        raise already_exists("MFADevice entity at the same path and name already exists.")
    from sts_tui.sts.issuing.mfa import base32_seed  # imports pyotp

    seed = b64encode(base32_seed(serial).encode()).decode()
    return Answer(
        response={"VirtualMFADevice": {"SerialNumber": serial, "Base32StringSeed": seed}},
        configuration=_with_unassigned(call, call.configuration, (*_devices(call), _device(serial))),
        subject=serial,
    )


def _device(serial: str) -> MfaDevice:
    return MfaDevice(serial_number=serial)


def delete_virtual_mfa_device(call: Call[shapes.DeleteVirtualMFADeviceRequest]) -> Answer:
    """Raises AccessDenied, DeleteConflict, NoSuchEntity."""
    serial = call.params["SerialNumber"]
    authorize_on(call, serial)
    if _owner(call, serial):
        raise delete_conflict("MFA VirtualDevice in use. Must deactivate first.")
    if serial not in _unassigned(call):
        raise _no_virtual_device(serial)
    rest = tuple(one for one in _devices(call) if one.serial_number != serial)
    return Answer(configuration=_with_unassigned(call, call.configuration, rest), subject=serial)


def enable_mfa_device(call: Call[shapes.EnableMFADeviceRequest]) -> Answer:
    """Assigns the device to the user.

    Raises AccessDenied, NoSuchEntity, EntityAlreadyExists, LimitExceeded, InvalidAuthenticationCode.
    """
    user = authorized_identity(call, USER)
    serial = call.params["SerialNumber"]
    if _owner(call, serial):
        raise already_exists("MFA device is already in use.")
    if serial not in _unassigned(call):
        raise _no_virtual_device(serial)
    if len(user.mfa_devices) >= MFA_DEVICES_PER_USER:
        raise limit_exceeded("MFADevicesPerUser", MFA_DEVICES_PER_USER)
    _refuse_wrong_codes(call, serial, call.params["AuthenticationCode1"], call.params["AuthenticationCode2"])
    enabled = MfaDevice(serial_number=serial, enable_date=call.now)
    configuration = with_entity(call.configuration, replace(user, mfa_devices=(*user.mfa_devices, enabled)))
    rest = tuple(one for one in _devices(call) if one.serial_number != serial)
    return Answer(configuration=_with_unassigned(call, configuration, rest), subject=user.arn)


def resync_mfa_device(call: Call[shapes.ResyncMFADeviceRequest]) -> Answer:
    """Codes are computed from the simulated clock, so a device is never out of step: the codes are checked.

    Raises AccessDenied, NoSuchEntity, InvalidAuthenticationCode.
    """
    user = authorized_identity(call, USER)
    serial = call.params["SerialNumber"]
    _refuse_foreign_device(user, serial)
    _refuse_wrong_codes(call, serial, call.params["AuthenticationCode1"], call.params["AuthenticationCode2"])
    return Answer(subject=user.arn)


def deactivate_mfa_device(call: Call[shapes.DeactivateMFADeviceRequest]) -> Answer:
    """The device is unassigned again. Sessions that were issued with its codes stay valid.

    Raises AccessDenied, NoSuchEntity.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeactivateMFADevice.html
    """
    user = authorized_identity(call, USER, own_user_name(call))
    serial = call.params["SerialNumber"]
    _refuse_foreign_device(user, serial)
    kept = tuple(device for device in user.mfa_devices if device.serial_number != serial)
    configuration = with_entity(call.configuration, replace(user, mfa_devices=kept))
    if serial.startswith("arn:"):  # virtual
        configuration = _with_unassigned(call, configuration, (*_devices(call), _device(serial)))
    return Answer(configuration=configuration, subject=user.arn)


def list_mfa_devices(call: Call[shapes.ListMFADevicesRequest]) -> Answer[shapes.ListMFADevicesResponse]:
    """The devices of one user. Raises AccessDenied, NoSuchEntity, ValidationError."""
    user = authorized_identity(call, USER, own_user_name(call))
    devices: list[shapes.MFADevice] = [
        {
            "UserName": user.user_name,
            "SerialNumber": device.serial_number,
            "EnableDate": created(device.enable_date or user.create_date),
        }
        for device in user.mfa_devices
    ]
    page = page_of(devices, call.params)
    return Answer(response={"MFADevices": page.items, **page.end})


def get_mfa_device(call: Call[shapes.GetMFADeviceRequest]) -> Answer[shapes.GetMFADeviceResponse]:
    """Raises AccessDenied, NoSuchEntity, ValidationError."""
    user = authorized_identity(call, USER, own_user_name(call))
    serial = call.params["SerialNumber"]
    _refuse_foreign_device(user, serial)
    device = next(one for one in user.mfa_devices if one.serial_number == serial)
    return Answer(
        response={
            "UserName": user.user_name,
            "SerialNumber": serial,
            "EnableDate": created(device.enable_date or user.create_date),
        }
    )


def list_virtual_mfa_devices(
    call: Call[shapes.ListVirtualMFADevicesRequest],
) -> Answer[shapes.ListVirtualMFADevicesResponse]:
    """The account's virtual devices, those of users first. Raises AccessDenied, ValidationError."""
    call.authorize(call.operation)
    wanted = call.params.get("AssignmentStatus", "Any")
    found: list[shapes.VirtualMFADevice] = []
    if wanted != "Unassigned":
        for user in USER.members(call.configuration, call.account):
            for device in user.mfa_devices:
                if device.serial_number.startswith("arn:"):
                    found.append(
                        {
                            "SerialNumber": device.serial_number,
                            "User": user_shape(user, listed=True),
                            "EnableDate": created(device.enable_date or user.create_date),
                        }
                    )
    if wanted != "Assigned":
        found += [{"SerialNumber": device.serial_number} for device in _devices(call)]
    page = page_of(found, call.params)
    return Answer(response={"VirtualMFADevices": page.items, **page.end})


def _devices(call: Call) -> tuple[MfaDevice, ...]:
    return call.configuration.accounts[call.account].virtual_mfa_devices


def _unassigned(call: Call) -> set[str]:
    return {one.serial_number for one in _devices(call)}


def _owner(call: Call, serial: str) -> User | None:
    for user in call.configuration.users.values():
        if account_of(user.arn) == call.account and any(
            one.serial_number == serial for one in user.mfa_devices
        ):
            return user
    return None


def _with_unassigned(
    call: Call, configuration: Configuration, devices: tuple[MfaDevice, ...]
) -> Configuration:
    facts = configuration.accounts[call.account]
    return with_account_facts(configuration, replace(facts, virtual_mfa_devices=devices))


def _refuse_foreign_device(user: User, serial: str) -> None:
    if all(one.serial_number != serial for one in user.mfa_devices):
        raise no_such_entity(f"MFA Device with serial number {serial} does not exist.")


def _no_virtual_device(serial: str) -> AwsError:
    return no_such_entity(f"VirtualMFADevice with serial number {serial} doesn't exist.")


def _refuse_wrong_codes(call: Call, serial: str, first: str, second: str) -> None:
    from sts_tui.sts.issuing.mfa import are_consecutive_codes  # imports pyotp

    if not are_consecutive_codes(serial, first, second, call.now):
        raise AwsError("InvalidAuthenticationCode", "Authentication code for device is not valid.", 403)


PERFORMS: dict[str, Perform] = {
    "CreateVirtualMFADevice": create_virtual_mfa_device,
    "DeleteVirtualMFADevice": delete_virtual_mfa_device,
    "EnableMFADevice": enable_mfa_device,
    "ResyncMFADevice": resync_mfa_device,
    "DeactivateMFADevice": deactivate_mfa_device,
    "ListMFADevices": list_mfa_devices,
    "GetMFADevice": get_mfa_device,
    "ListVirtualMFADevices": list_virtual_mfa_devices,
}
