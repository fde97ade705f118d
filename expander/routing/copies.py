"""Copies of addresses: what becomes the parent where an address is changed in its place."""

from __future__ import annotations

from drivers.api.routing import Address, Inherited


def copy_of(address: Address) -> Address:
    """Another address that is the same in everything."""
    return Address(**{name: getattr(address, name) for name in Address.record_fields})


def copy_of_inherited(inherited: Inherited) -> Inherited:
    """The same for what children have from an address; the variables are copied as well."""
    return Inherited(
        inherited.address_data,
        dict(inherited.variables),
        inherited.errors_address,
        inherited.domain_data,
        inherited.local_part_data,
        inherited.headers_add,
        inherited.headers_remove,
        inherited.srs_sender,
    )
